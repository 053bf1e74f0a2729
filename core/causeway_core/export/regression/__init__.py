"""What a generated test is made of: `entry` says how to start the program, `rehearsal` starts it so under an order and looks at what a test can see,
`expectation` turns the difference between bad and serial orders into assertions. Nothing is asserted that was not seen.
"""
