import asyncio


class Account:
    def __init__(self, owner, balance):
        self.owner = owner
        self.balance = balance
        self.log = []


ACCOUNTS = {"alice": Account("alice", 1000)}


async def check(amount):
    await asyncio.sleep(0.001)
    return amount <= 500  # @checked


async def withdraw(name, amount):
    account = ACCOUNTS[name]  # @handler
    balance = account.balance  # @read
    if not await check(amount):  # @await
        return None
    account.balance = balance - amount  # @write
    account.log.append(("withdraw", amount))
    return account.balance


async def main():
    queue = asyncio.Queue()
    first = asyncio.create_task(withdraw("alice", 100), name="first")  # @create-first
    second = asyncio.create_task(withdraw("alice", 200), name="second")  # @create-second
    results = await asyncio.gather(first, second)  # @gather
    taker = asyncio.create_task(take(queue), name="taker")
    await asyncio.sleep(0)
    await queue.put(sum(results))  # @put
    total = await taker
    print(total)
    return total


async def take(queue):
    item = await queue.get()
    return item  # @taken


if __name__ == "__main__":
    asyncio.run(main())  # @run
