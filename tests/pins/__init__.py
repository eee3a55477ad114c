"""Simulated pins across processes: the product's own code, gpiozero's own LGPIOFactory, and pins that a test moves.

Three files. `board.py` is the chip: it listens on a Unix socket, keeps the level of each line, and, like the kernel,
gives a line to one process at a time and tells whoever claimed it of each edge, with a monotonic stamp in ns.
`lgpio.py` is what gpiozero imports as `lgpio`; put in by PYTHONPATH alone, with `pin_factory = "lgpio"` in home.toml.
`hand.py` moves the lines from outside.

In a test, at the level of processes:

    with Board(tmp_path / "chip") as board:                                # tests.pins.board
        env = {**os.environ, **driver(board.path)}                         # PYTHONPATH, and where the chip is
        subprocess.Popen([sys.executable, "-m", "gateway", "run", "--config", str(home)], env=env)
        board.until_claimed(17)                                            # the daemon listens to the line
        board.drive(17, 0); board.let_go(17)                               # to ground, and back to its pull
        board.line(22)                                                     # what an output (a lamp) shows

In a shell, or on a booted container, by the ids of the sensors in home.toml or by BCM numbers:

    python3 -m tests.pins.board /dev/gpiochip0 &
    python3 tests/pins/hand.py --home /etc/wren/home.toml press help       # active for 0.2 s, then at rest
    python3 tests/pins/hand.py press front-door --for 3 --bounces 4        # 3 s, with 4 bounces at either end
    python3 tests/pins/hand.py on front-door                               # stays active; `off` lets go; `drive 17 1`
    python3 tests/pins/hand.py look                                        # one JSON object: every line

The chip is at $WREN_PINS, otherwise at /dev/gpiochip0: a socket there is bound into the daemon's sandbox by the very
BindPaths= that a real one needs, and opened by the group gpio. $WREN_PINS_REVISION is the board's revision code for
gpiozero (otherwise a Pi 4's), because no kernel here has one.
"""
