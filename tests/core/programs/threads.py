import queue
import threading

LOCK = threading.Lock()
TOTAL = 0
DONE = threading.Event()


def produce(out, count):
    for n in range(count):
        out.put(n * 10)  # @put
    out.put(None)


def consume(source):
    global TOTAL
    while True:
        item = source.get()  # @get
        if item is None:  # @got
            break
        with LOCK:
            before = TOTAL
            TOTAL = before + item  # @add
    DONE.set()


def main():
    work = queue.Queue()
    consumer = threading.Thread(target=consume, args=(work,), name="consumer")
    producer = threading.Thread(target=produce, args=(work, 5), name="producer")
    consumer.start()  # @start-consumer
    producer.start()  # @start-producer
    DONE.wait()
    consumer.join()
    producer.join()
    return TOTAL  # @end


if __name__ == "__main__":
    main()
