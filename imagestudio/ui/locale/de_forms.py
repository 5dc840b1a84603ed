"""Die obere Leiste und was neben den Feldern der Formulare steht, auf Deutsch."""

FORMS = {
    "keys": "Schlüssel",
    "keys_title": "Eigene Schlüssel",
    "keys_where": (
        "Schlüssel bleiben für diese Sitzung im Arbeitsspeicher dieses Servers und werden nach 12 Stunden "
        "ohne Gebrauch vergessen. Der Browser speichert keinen davon."
    ),
    "keys_forced": "Dieses Studio ist für alle eine Demo: Es nimmt keine Schlüssel.",
    "key_of": "Schlüssel von {provider}",
    "key_page": "Schlüssel holen",
    "token": "Token von Hugging Face",
    "token_hint": "Es bezahlt für die Modelle, die Hugging Face vermittelt.",
    "access": "Zugangsschlüssel dieses Studios",
    "access_hint": "Er kommt von denen, die dieses Studio betreiben.",
    "held": "Ein Schlüssel ist da.",
    "not_held": "Noch kein Schlüssel.",
    "key_typed": "Hier einfügen",
    "save": "Prüfen und verwenden",
    "checking": "Wird geprüft",
    "forget": "Vergessen",
    "forgotten": "Vergessen.",
    "works": "Er funktioniert.",
    "refused": "Abgelehnt: Der Anbieter kennt diesen Schlüssel nicht. Bitte neu kopieren.",
    "unknown": "Er ließ sich gerade nicht prüfen und wird trotzdem verwendet.",
    "entered": "Willkommen, {name}.",
    "leave": "Verlassen",
    "close": "Schließen",
    "add_key": "Schlüssel eingeben",
    "get_key": "Zu holen bei:",
    "missing": "Zum Starten einen Schlüssel von {provider} eingeben.",
    "missing_label": "braucht einen Schlüssel",
    "today": "Heute {usd}",
    "today_demo": "Demo, kostenlos",
    "dismiss": "Ausblenden",
    "swap": "Breite und Höhe tauschen",
    "dice": "Startwert würfeln",
    "keep": "Letzten Startwert behalten",
    "examples": "Oder mit einem davon beginnen",
    "example_fox": "Ein Rotfuchs im frischen Schnee, Morgenlicht",
    "example_lake": "Ein Bergsee in der Dämmerung, Nebel über dem Wasser",
    "example_poster": 'Ein Plakat für einen faulen Tag, kräftige Formen, die Worte "Slow Sundays"',
    "example_winter": "Ein Bergsee im Winter, weit und still",
    "runs": "Die letzten Läufe",
    "run_of": "Noch einmal zeigen: {prompt}",
    "paste_by_key": "Hier gibt der Browser die Zwischenablage nicht her. Mit Strg+V oder ⌘V geht es.",
    "paste_none": "Darin ist kein Bild. Das Bild selbst kopieren oder seine Datei auswählen.",
    "drop_other": "Diese Adresse gilt nur auf ihrer Seite. Das Bild dort speichern und die Datei auswählen.",
    "before_after": "Vorher und nachher",
    "before": "Vorher",
    "after": "Nachher",
    "edit_this": "Bearbeiten",
    "source": "Bild zum Bearbeiten",
    "source_own": "Aus der Bibliothek",
    "source_other": "Anderes wählen",
    "tree": "Bearbeitungen dieses Bildes",
    "tree_given": "Eigenes Bild",
    "tree_from": "Von hier aus bearbeiten: {prompt}",
    "tree_here": "jetzt gezeigt",
    "usual": "{seconds} s von etwa {usual} s",
    "details": "Einzelheiten",
}
SHAPES = {"1:1": "Quadrat", "3:4": "Hoch", "4:3": "Quer", "9:16": "Schmal", "16:9": "Breit"}
NOTICES = {
    "no_lasting_storage": (
        "Dieses Studio bewahrt nichts dauerhaft auf: Alle Bilder sind weg, wenn es neu startet. "
        "Was bleiben soll, bitte herunterladen."
    ),
    "no_keys_for_guests": (
        "Die Schlüssel dieses Studios sind nicht für Gäste: eigene verwenden, oder die Demo ausprobieren."
    ),
    "found_by_cookie": (
        "Die Bilder gehören zu diesem Browser: Sein Cookie findet sie, ohne ihn findet sie niemand."
    ),
}
