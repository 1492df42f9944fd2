"""What can be done: the only writers of loans and of the ledger. Locks in the order member, copy, loan, ledger."""
