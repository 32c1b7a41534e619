"""What Pantau knows: orders, packages, tracking, wishes, history. The only interface between screen and jobs."""

__version__ = "0.1.0"
