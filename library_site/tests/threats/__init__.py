"""What goes wrong in library systems elsewhere: a module for each kind, whose tests would catch it here.

Each module names under ``BREAKS`` changes of our code with which its tests must fail; ``breaking`` sees to it.
"""
