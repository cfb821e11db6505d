"""`python -m solami`."""

from solami.cli import main

if __name__ == "__main__":
    main()
