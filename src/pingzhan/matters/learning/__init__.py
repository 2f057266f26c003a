"""Learning from dispatched matters: what a text says of its category and of who handled the like of it.

Pure: texts and labels in, a linear model out. `features` cuts texts, `model` answers and explains with NumPy alone,
`training` fits with scikit-learn, `evaluation` compares with a majority and with keywords.
"""
