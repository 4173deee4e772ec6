"""From responses to meaning: pure functions, plain numbers in and out.

Nothing here knows about students, pages or the database, and nothing outside
the standard library is imported. Every function is total over the inputs a
real class produces: no answers, one student, everyone alike, a question that
everyone gets right. Where a number would mean nothing the result is ``None``,
never NaN and never an exception.
"""
