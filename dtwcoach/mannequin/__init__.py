"""The synthetic athlete: people exercising, as video with known truth.

>>> from dtwcoach.mannequin.person import Person
>>> from dtwcoach.mannequin.recording import simulate
>>> len(simulate(Person.from_seed(1), "squat").reps)
8
"""
