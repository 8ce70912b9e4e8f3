"""The demonstration: a believable small bureau, all of it invented."""

from permanence.demo.people import ACCOUNTS, PASSWORD, Account

__all__ = ["ACCOUNTS", "PASSWORD", "Account"]
