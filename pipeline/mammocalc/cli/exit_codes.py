"""The exit codes of all commands, and what the help says of them."""

from typing import Final

DONE: Final = 0
SOME_FAILED: Final = 1
WRONG_CALL: Final = 2
STOPPED: Final = 3

EXIT_CODES: Final = """\
exit codes:
  0  every mammogram that was found was analysed or skipped for a reason
  1  some failed; they are listed in files.jsonl
  2  the call or the configuration is wrong, and nothing was done
  3  stopped, or the output folder was lost: the same command continues
"""
