"""A site has one renderer for each kind of page, and any number of threads that ask it for pages."""

import threading


class Renderer:
    """Subclasses say what stands in the body, by calling `emit`."""

    def __init__(self):
        self._parts = []
        self._depth = 0

    def emit(self, text):
        self._parts.append("  " * self._depth + text)

    def body(self, page):
        raise NotImplementedError

    def render(self, title, page):
        self._parts = []
        self._depth = 0
        self.emit(f"<{title}>")
        self._depth += 1
        self.body(page)
        self._depth -= 1
        self.emit(f"</{title}>")
        return "|".join(self._parts)


class MenuRenderer(Renderer):
    def body(self, page):
        for label, children in page.items():
            self.emit(label)
            if children:
                self._depth += 1
                self.body(children)
                self._depth -= 1


class Visitor(threading.Thread):
    def __init__(self, renderer, title, page):
        super().__init__()
        self.args = (title, page)
        self.renderer = renderer
        self.html = None

    def run(self):
        self.html = self.renderer.render(*self.args)


def main():
    menus = MenuRenderer()
    visitors = [
        Visitor(menus, "shop", {"tea": {"green": {}, "black": {}}, "cups": {}}),
        Visitor(menus, "help", {"returns": {}, "contact": {"mail": {}}}),
    ]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    return [visitor.html for visitor in visitors]


if __name__ == "__main__":
    print(main())
