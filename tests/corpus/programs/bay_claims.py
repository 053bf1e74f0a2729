"""Lorries, a process each, look for a free bay on the board in shared memory."""

import multiprocessing

FREE = 0


def claim(board, lorry):
    for bay, taken_by in enumerate(board):
        if taken_by == FREE:
            board[bay] = lorry
            return bay
    return None


def lorry(number, board, log):
    bay = claim(board, number)
    log.put((number, bay))


def main():
    context = multiprocessing.get_context("fork")
    board = context.Array("i", [FREE] * 3)
    log = context.SimpleQueue()
    lorries = [context.Process(target=lorry, args=(number, board, log)) for number in (1, 2, 3)]
    for process in lorries:
        process.start()
    bays = [log.get()[1] for _ in lorries]
    for process in lorries:
        process.join()
    return sorted(bays), sorted(board)


if __name__ == "__main__":
    print(main())
