"""Löschen, was einem gehört, und Sitzungen beenden, auf Deutsch."""

PRIVACY = {
    "keep": "Behalten",
    "job_delete": "Ganzen Lauf löschen",
    "job_title": "Den ganzen Lauf löschen?",
    "job_goes_one": "Beschreibung und Einstellungen gehen, und das Bild.",
    "job_goes": "Beschreibung und Einstellungen gehen, und alle {count} Bilder.",
    "job_source": "Auch das Bild, das zum Bearbeiten mitgebracht war, geht.",
    "job_day": (
        "Einen Tag lang lässt er sich zurückholen. Danach bleiben nur Zeit, Modell und Kosten, "
        "für die Summen."
    ),
    "job_deleted": "Lauf gelöscht, samt Beschreibung.",
    "title": "Eigene Daten",
    "hint": (
        "Alles, was hier entstand, lässt sich löschen, auch Beschreibungen und Einstellungen. Eine beendete "
        "Sitzung öffnet nichts mehr, auch nicht mit einer Kopie ihres Cookies."
    ),
    "delete_all": "Alles löschen",
    "all_title": "Alles Eigene löschen?",
    "all_goes": (
        "Alle Läufe gehen, mit Beschreibungen und Bildern, auch Favoriten, dazu Vergleiche, Links und "
        "eigene Schlüssel."
    ),
    "all_day": (
        "Einen Tag lang lässt sich alles außer den Schlüsseln zurückholen. Danach bleiben nur Zeiten, "
        "Modelle und Kosten, für die Summen."
    ),
    "all_deleted": "Alles ist gelöscht.",
    "restore_all": "Gelöschtes zurückholen",
    "nothing_to_restore": "Am letzten Tag wurde nichts gelöscht.",
    "end": "Diese Sitzung beenden",
    "end_title": "Diese Sitzung beenden?",
    "end_guest": (
        "Was in ihr entstand, findet dann niemand mehr: Nur das Cookie dieses Browsers führt dorthin. "
        "Was bleiben soll, vorher herunterladen, oder zuerst alles löschen."
    ),
    "end_here": "Dieser Browser vergisst den Zugangsschlüssel von {name}. Was damit entstand, bleibt.",
    "everywhere": "Alle Sitzungen beenden",
    "everywhere_title": "Alle Sitzungen beenden?",
    "end_everywhere": "Alle Browser werden von {name} abgemeldet, auch dieser. Was entstand, bleibt.",
}
