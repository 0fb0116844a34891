"""``python -m pipeline`` is the ``mammocalc`` command."""

from pipeline.cli import main

raise SystemExit(main())
