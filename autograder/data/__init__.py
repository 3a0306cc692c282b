"""The data of the assignments: drawn on the spot, or laid out from what somebody has."""
