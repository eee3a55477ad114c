"""What `wren wifi` has left on this machine, for a gateway that leaves its home."""

import shutil

from gateway.errors import StoreError
from gateway.wifi import change, profiles


class Traces(profiles.WrensOwn):
    """The profiles of Wren's making, and what is known of the last change: the name of a home's network."""

    def forget(self) -> None:
        """The last change is forgotten. Raises StoreError."""
        try:
            shutil.rmtree(change.FOLDER)
        except FileNotFoundError:
            return
        except OSError as error:
            problem = f"{change.FOLDER} cannot be removed: {error.strerror}."
            raise StoreError(problem, advice="Run this as root.") from error
