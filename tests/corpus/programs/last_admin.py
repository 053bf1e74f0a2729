"""An account may lose its rights while another has them."""

import threading
import time
from dataclasses import dataclass


@dataclass
class Member:
    name: str
    admin: bool = True


def admins(members):
    return sum(1 for member in members if member.admin)


def demote(members, name, answers, begins):
    time.sleep(begins)
    if admins(members) < 2:
        answers.append("refused")
        return
    [member] = [each for each in members if each.name == name]
    member.admin = False
    answers.append("done")


def main():
    members, answers = [Member("ann"), Member("bob")], []
    threads = [threading.Thread(target=demote, args=(members, name, answers, at)) for name, at in (("ann", 0), ("bob", 0.04))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers), admins(members)
