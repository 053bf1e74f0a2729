"""What a run did, in a form that can be compared with other runs.

`outcome` collects the aspects of a run: exceptions, exit code, output, returned values, files, databases, values of shared places. `canonical` and
`values` remove what differs between any two runs. `lost_updates`, `refusals` and `residue` read further facts from the recording of a run;
`order_result` is what the recorder in the program reports about the order. `intermediate` judges runs that were cancelled, and `contrast` puts the
difference into one sentence.
"""
