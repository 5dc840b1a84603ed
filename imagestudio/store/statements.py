"""The statements of every job, built once: building one takes longer than running it."""

from sqlalchemy import bindparam, delete, insert, select, update

from imagestudio.store.tables import calls, files, job_keys, jobs, prompt_words

ADD_JOB, ADD_CALL, ADD_FILE = insert(jobs), insert(calls), insert(files)
ADD_WORDS = insert(prompt_words)

JOB = select(jobs).where(jobs.c.id == bindparam("job"))
CALLS = select(calls).where(calls.c.job_id == bindparam("job")).order_by(calls.c.position)
FILES = select(files).where(files.c.job_id == bindparam("job")).order_by(files.c.call, files.c.position)
FILE = select(files).where(files.c.id == bindparam("file"))

CHANGE_CALL = update(calls).where(
    calls.c.job_id == bindparam("job"),
    calls.c.position == bindparam("at"),
    calls.c.state.in_(bindparam("allowed", expanding=True)),
)
CHANGE_HELD_CALL = CHANGE_CALL.where(
    select(jobs.c.id).where(jobs.c.id == bindparam("job"), jobs.c.lease == bindparam("held")).exists()
)
"""Where a lease still holds the call's job."""
ADD_KEY, KEY = insert(job_keys), select(job_keys.c.sealed).where(job_keys.c.job_id == bindparam("job"))
FORGET_KEY = delete(job_keys).where(job_keys.c.job_id == bindparam("job"))
START_JOB = update(jobs).where(jobs.c.id == bindparam("job"), jobs.c.status == "queued")
END_JOB = update(jobs).where(
    jobs.c.id == bindparam("job"), jobs.c.status.in_(bindparam("allowed", expanding=True))
)
END_HELD_JOB = END_JOB.where(jobs.c.lease == bindparam("held"))
FREE_JOB = (
    update(jobs)
    .where(jobs.c.id == bindparam("job"), jobs.c.lease == bindparam("held"))
    .values(worker=None, lease_until=None)
)
