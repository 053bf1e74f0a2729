"""An object logs when it is finalized, which may be while the logger writes; gives the lines."""

import gc

from loguru import logger

lines = []


class Session:
    def __init__(self, name):
        self.name = name
        self.itself = self

    def __del__(self):
        logger.info("session {} ended", self.name)


def main():
    logger.remove()
    handler = logger.add(lambda message: lines.append(str(message).strip()), format="{message}")
    Session("a")
    logger.info("working")
    gc.collect()
    logger.info("done")
    logger.remove(handler)
    return sorted(lines)


if __name__ == "__main__":
    print(main())
