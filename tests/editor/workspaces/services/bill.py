import sys

names = sys.argv[1:]
letters = len("".join(names))
price = 2 * letters
print("to pay:", price)
