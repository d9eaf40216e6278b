"The command `hcr`, as `python -m hcr`"
import sys
from .cli import main

if __name__ == '__main__': sys.exit(main())
