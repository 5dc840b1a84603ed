"""Deleting what is one's own, and ending sessions, in English."""

PRIVACY = {
    "keep": "Keep it",
    "job_delete": "Delete the whole run",
    "job_title": "Delete the whole run?",
    "job_goes_one": "Its prompt and settings go, and its picture.",
    "job_goes": "Its prompt and settings go, and its {count} pictures.",
    "job_source": "The picture that was brought to be edited goes, too.",
    "job_day": (
        "For a day you can bring it back. After that only its time, its model and its cost are left, "
        "for the sums."
    ),
    "job_deleted": "Run deleted, its prompt too.",
    "title": "Your data",
    "hint": (
        "All that you made here can be deleted, prompts and settings too. A session that is ended opens "
        "nothing any more, nor does a copy of its cookie."
    ),
    "delete_all": "Delete everything",
    "all_title": "Delete everything of yours?",
    "all_goes": (
        "All runs go with their prompts and pictures, favourites too, and comparisons, links and your keys."
    ),
    "all_day": (
        "For a day you can bring all but the keys back. After that only times, models and costs are left, "
        "for the sums."
    ),
    "all_deleted": "Everything is deleted.",
    "restore_all": "Bring back what was deleted",
    "nothing_to_restore": "Nothing was deleted in the last day.",
    "end": "End this session",
    "end_title": "End this session?",
    "end_guest": (
        "Nobody finds what was made in it any more, you neither: this browser's cookie is the only way "
        "to it. Download what you want to keep, or delete everything first."
    ),
    "end_here": "This browser forgets the access key of {name}. What was made with it stays.",
    "everywhere": "End all sessions",
    "everywhere_title": "End all sessions?",
    "end_everywhere": "Every browser is signed out of {name}, this one too. What was made stays.",
}
