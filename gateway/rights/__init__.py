"""A resident's rights as code: `wren export` hands over all that is held, `wren erase` takes it away.

    sink        where an export is written: a folder or a ZIP file, with the SHA-256 of each file
    tables      one table as CSV and as JSON
    home        what home.db holds, as tables
    letters     what left and what came back, as tables
    papers      the small files, the configuration and the copies
    readme      what each file is, in plain words
    exporting   all of it, in order
    handover    how the running daemon hands a copy of home.db to the command
    erased_home, erased_letters, erasing    taking it away, each step again if it was interrupted

Decided in docs/decisions/0035.
"""
