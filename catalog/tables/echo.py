"""What the lists share that can be taken away as a file."""


class Echo:
    """Gives the csv writer's lines back instead of keeping them."""

    def write(self, line: str) -> str:
        return line
