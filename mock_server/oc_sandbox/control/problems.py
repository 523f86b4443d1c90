"""What can be wrong with a wish of a tenant's owner, beside a wish that is wrong in itself (any other ValueError)."""


class NotThere(ValueError):
    """What is to be shown or changed is not there. The message names what there is, or where to look."""


class Conflict(ValueError):
    """It is there, and its state does not allow what is wanted. The message says why."""
