"""Trip sheets of a fleet are read by a pool; the mileage of all and the longest trip are kept in the closure."""

from concurrent.futures import ThreadPoolExecutor


def parse(sheet):
    vehicle, *legs = sheet.split(",")
    return vehicle, [int(leg) for leg in legs]


def fleet_reader():
    total = 0
    longest = ("", 0)

    def read(sheet):
        nonlocal total, longest
        so_far = total
        vehicle, legs = parse(sheet)
        total = so_far + sum(legs)
        for leg in legs:
            if leg > longest[1]:
                longest = (vehicle, leg)

    def result():
        return total, longest

    return read, result


SHEETS = ["van,12,30,7", "truck,220,180", "bike,3,4,2,5", "bus,18,18,18"]


def main():
    read, result = fleet_reader()
    with ThreadPoolExecutor(max_workers=3) as pool:
        for future in [pool.submit(read, sheet) for sheet in SHEETS]:
            future.result()
    return result()


if __name__ == "__main__":
    print(main())
