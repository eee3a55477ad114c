"""Whether the daemon is there, by the lock that it has on home.db. The file is not opened: that would be looking."""

from pathlib import Path

from gateway.doctor.machine import Machine


def is_there(machine: Machine, home_db: Path) -> bool | None:
    """Whether a process holds home.db for writing (`locking_mode = EXCLUSIVE`); None where this user may not know.

    The kernel lists locks by inode (proc_locks(5)); a container may not list those of others.
    """
    try:
        inode = home_db.stat().st_ino
    except FileNotFoundError:
        return False
    except OSError:
        return None
    listed = machine.text("/proc/locks")
    if listed is None:
        return None
    return any(line.split()[5].endswith(f":{inode}") for line in listed.splitlines() if len(line.split()) > 5)
