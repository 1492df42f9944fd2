"""What other programs talk to: the same services and queries as the pages, answered in JSON.

Every app has its resources in its own ``api``; what they have in common stands here.
"""
