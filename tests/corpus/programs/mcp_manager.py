"""Agents share one manager of tool servers, which comes into being when the first of them asks for it.

After https://github.com/QwenLM/Qwen-Agent/pull/836
"""

import threading
import time


class ToolServer:
    def __init__(self, name, tools):
        self.name = name
        self.tools = tools

    def call(self, tool):
        return f"{self.name}.{tool}"


class MCPManager:
    _instance = None

    def __new__(cls, *args, **kwargs):
        if cls._instance is None:
            cls._instance = super().__new__(cls, *args, **kwargs)
        return cls._instance

    def __init__(self):
        if not hasattr(self, "clients"):
            self.clients = {}
            self.exit_hooks = []

    def init_config(self, config):
        tools = []
        for name, offered in config.items():
            self.clients[name] = ToolServer(name, offered)
            self.exit_hooks.append(name)
            tools += [f"{name}-{tool}" for tool in offered]
        return tools

    def shutdown(self):
        names = sorted(self.exit_hooks)
        self.exit_hooks.clear()
        return names


class Assistant:
    def __init__(self, config, start_after):
        self._config = config
        self._start_after = start_after
        self.tools = []

    def __call__(self):
        time.sleep(self._start_after)
        self.tools = MCPManager().init_config(self._config)


def main():
    MCPManager._instance = None
    assistants = [
        Assistant({"files": ["read", "write"]}, 0.0),
        Assistant({"clock": ["now"], "mail": ["send"]}, 0.04),
    ]
    threads = [threading.Thread(target=assistant) for assistant in assistants]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(MCPManager().clients), MCPManager().shutdown()


if __name__ == "__main__":
    clients, stopped = main()
    assert clients == stopped == ["clock", "files", "mail"], (clients, stopped)
