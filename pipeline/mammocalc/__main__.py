"""``python -m mammocalc`` is the ``mammocalc`` command."""

from mammocalc.cli import main

raise SystemExit(main())
