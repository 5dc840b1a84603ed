"""Was das Studio ablehnt und anmerkt, auf Deutsch: nach dem öffentlichen Code und seinen Einzelheiten, und
Anmerkungen nach ihrem englischen Satz."""

SERVICE = {
    "allowed.range": "{minimum} bis {maximum}",
    "allowed.steps": "{minimum} bis {maximum} in Schritten von {multipleOf}",
    "allowed.nearest": "{range}; am nächsten: {nearest}",
    "allowed.maxLength": "höchstens {maxLength} Zeichen",
    "allowed.maxBytes": "höchstens {maxBytes} Bytes",
    "allowed.maxPixels": "höchstens {maxPixels} Pixel",
    "BAD_REQUEST": "Das Studio konnte diese Anfrage nicht lesen.",
    "MISSING_REQUIRED_FIELD": "{field} fehlt.",
    "MISSING_REQUIRED_FIELD.prompt": "Bitte beschreiben: Was soll das Bild zeigen?",
    "MISSING_REQUIRED_FIELD.image_url": "Bitte ein Bild zum Bearbeiten angeben, als Datei oder als Adresse.",
    "INVALID_MODEL": "Dieses Modell gibt es hier nicht.",
    "INVALID_PARAMETER": "{field}: Dieser Wert geht nicht.",
    "INVALID_PARAMETER.allowed": "{field}: Dieser Wert geht nicht. Möglich: {allowed}.",
    "INVALID_PARAMETER.aspect_ratio": (
        "Breite, Höhe und Seitenverhältnis widersprechen sich: eines davon weglassen."
    ),
    "INVALID_PARAMETER.image_url": "Entweder eine Datei oder eine Adresse, nicht beides.",
    "INVALID_PARAMETER.job_id": "Das geht mit diesem Lauf nicht, oder noch nicht.",
    "UNSUPPORTED_PARAMETER": "{field}: Das nimmt dieses Modell nicht.",
    "INVALID_IMAGE": "Dieses Bild ließ sich nicht holen oder nicht lesen. Bitte ein anderes wählen.",
    "INVALID_IMAGE.allowed": "Dieses Bild geht hier nicht. Möglich: {allowed}.",
    "UNAUTHORIZED": "Dieser Browser ist gerade nicht bekannt: Seite neu laden und Cookies erlauben.",
    "INVALID_API_KEY": "Diesen Schlüssel kennt das Studio nicht.",
    "FORBIDDEN": "Das darf nur die eigene Seite dieses Studios.",
    "BUDGET_EXCEEDED": "Das Budget dieses Studios reicht dafür nicht mehr. Es wurde nichts gesendet.",
    "BUDGET_EXCEEDED.known": (
        "Dieser Lauf könnte {wanted_usd} kosten; vom Budget über {limit_usd} sind {spent_usd} verbraucht. "
        "Es wurde nichts gesendet."
    ),
    "NOT_FOUND": "Das gibt es hier nicht, oder nicht mehr.",
    "IDEMPOTENCY_CONFLICT": "Das wurde schon mit anderen Angaben begonnen. Bitte noch einmal starten.",
    "PAYLOAD_TOO_LARGE": "Das ist zu groß. Bitte ein kleineres Bild wählen.",
    "PAYLOAD_TOO_LARGE.allowed": "Das ist zu groß: {allowed}. Bitte ein kleineres Bild wählen.",
    "CONTENT_REFUSED": "Der Anbieter hat das abgelehnt.",
    "CONTENT_REFUSED.prompt": (
        "Der Anbieter hat diese Beschreibung oder dieses Bild abgelehnt. Noch einmal zu senden hilft nicht: "
        "anders formulieren."
    ),
    "CONTENT_REFUSED.image": (
        "Der Anbieter hat das fertige Bild zurückgehalten. Anders formuliert kommt es vielleicht durch."
    ),
    "RATE_LIMIT_EXCEEDED": "Gerade sind es zu viele Anfragen. In {retryAfter} s noch einmal starten.",
    "INTERNAL_ERROR": "Im Studio ging etwas schief. Der Grund steht in seinem Protokoll.",
    "INTERNAL_ERROR.id": "Im Studio ging etwas schief. Der Grund steht in seinem Protokoll unter {id}.",
    "PROVIDER_ERROR": "Beim Anbieter ging etwas schief.",
    "PROVIDER_ERROR.no": "Der Anbieter hat kein Bild gemacht.",
    "PROVIDER_ERROR.yes": "Der Anbieter hat kein brauchbares Bild geliefert.",
    "PROVIDER_ERROR.unknown": "Was beim Anbieter daraus wurde, ist nicht bekannt.",
    "PROVIDER_TIMEOUT": "Der Anbieter wurde nicht rechtzeitig fertig.",
    "MODEL_UNAVAILABLE": "Dieses Modell geht gerade nicht.",
    "MODEL_UNAVAILABLE.missing_key": "Für dieses Modell fehlt ein Schlüssel ({set}).",
    "MODEL_UNAVAILABLE.bad_key": "Der Anbieter nimmt den Schlüssel nicht an. Bitte {set} prüfen.",
    "MODEL_UNAVAILABLE.out_of_credits": (
        "Das Guthaben beim Anbieter ist aufgebraucht. Aufladen, dann noch einmal starten."
    ),
    "MODEL_UNAVAILABLE.retired": (
        "Der Anbieter bietet dieses Modell nicht mehr an. Bitte ein anderes wählen."
    ),
    "MODEL_UNAVAILABLE.busy": "Gerade ist zu viel los; nichts wurde angenommen. Gleich noch einmal starten.",
    "MODEL_UNAVAILABLE.storage_full": (
        "Für weitere Bilder ist kein Platz: Favoriten belegen alles. Bilder löschen, dann neu starten."
    ),
}

SENTENCES = {
    "Demo: the built-in sandbox answered this. No provider was called and no money moved.": (
        "Demo: Der eingebaute Nachbau hat geantwortet. Kein Anbieter wurde gefragt, kein Geld ist geflossen."
    ),
    "Google shut {name} down on 17 August 2026; {successor}, the successor it names, served this.": (
        "Google hat {name} am 17. August 2026 abgeschaltet; das ist von {successor}, "
        "von Google als Nachfolger genannt."
    ),
    "The request was on its way to {title}. It may be charged; a picture is kept if it comes.": (
        "Die Anfrage war schon unterwegs zu {title}. Vielleicht wird sie berechnet; ein Bild, das kommt, "
        "bleibt."
    ),
    "{title} is asked to stop. It may be charged all the same; a picture is kept if it comes.": (
        "{title} ist gebeten, aufzuhören. Vielleicht wird es trotzdem berechnet; kommt ein Bild, bleibt es."
    ),
    "The demo that ran this is off now. It stopped with it, and nothing is charged.": (
        "Die Demo dazu ist inzwischen aus. Der Lauf endete mit ihr, und nichts wird berechnet."
    ),
    "{title} can't be asked to stop: the key that pays for this job is not here now. It may finish and be "
    "charged; its picture is kept if the key comes back in time.": (
        "{title} lässt sich nicht anhalten: Der Schlüssel, der dafür bezahlt, ist gerade nicht da. "
        "Vielleicht wird es fertig und berechnet; kommt der Schlüssel rechtzeitig wieder, bleibt das Bild."
    ),
    "{title} can't stop a task. The studio stops waiting for it; it will probably be charged.": (
        "{title} kann nichts anhalten. Das Studio wartet nicht mehr darauf; wahrscheinlich wird es berechnet."
    ),
    "{title} can't stop a task. It will probably finish, and be charged.": (
        "{title} kann nichts anhalten. Wahrscheinlich wird es fertig und berechnet."
    ),
    "{title} could not be asked to stop the task. It may still finish and be charged.": (
        "{title} war zum Anhalten nicht zu erreichen. Vielleicht wird es noch fertig und berechnet."
    ),
    "{title} was asked to stop the task. It may still finish and be charged.": (
        "{title} ist gebeten, aufzuhören. Vielleicht wird es noch fertig und berechnet."
    ),
    "{title} had finished the task already, and charges for it.": (
        "{title} war schon fertig und berechnet es."
    ),
    "Google cannot stop a call; it may be charged.": (
        "Google kann nichts anhalten; vielleicht wird es berechnet."
    ),
    "Picture {position} of {total} did not come: {reason}": "Bild {position} von {total} kam nicht: {reason}",
    "{why} It was kept as it came: file {file}.": "{why} Es bleibt, wie es kam: Datei {file}.",
    "The picture was {what}.": "Das Bild wurde {what}.",
    "scaled from {old} to {new} pixels, which is what this model takes, {more}": (
        "von {old} auf {new} Pixel verkleinert, wie dieses Modell es nimmt, {more}"
    ),
    "scaled from {old} to {new} pixels, which is what this model takes": (
        "von {old} auf {new} Pixel verkleinert, wie dieses Modell es nimmt"
    ),
    "turned upright, {more}": "aufrecht gestellt, {more}",
    "turned upright": "aufrecht gestellt",
    "reduced to its first frame": "auf sein erstes Einzelbild verkürzt",
    "written anew to fit into this model's limit": "neu gespeichert, damit dieses Modell es nimmt",
    "This picture was deleted by its owner, who can restore it until {moment} UTC.": (
        "Dieses Bild ist gelöscht und lässt sich bis {moment} UTC zurückholen."
    ),
    "This picture was deleted after {age}, {reason}. Its job and what it cost are kept.": (
        "Dieses Bild gibt es nicht mehr. Sein Lauf und was er gekostet hat, sind noch da."
    ),
    "{title} made a picture and held it back. Another wording may pass. You were not charged.": (
        "{title} hat ein Bild gemacht und zurückgehalten. Anders formuliert kommt es vielleicht durch. "
        "Es wurde nichts berechnet."
    ),
    "{title} is limiting requests": "{title} nimmt gerade weniger Anfragen an",
    "{title} is limiting requests ({rule})": "{title} nimmt gerade weniger Anfragen an ({rule})",
    "{title} is overloaded and took nothing": "{title} ist überlastet und hat nichts angenommen",
    "{title} took nothing lately, so nothing was sent": "{title} hat zuletzt nichts angenommen",
}

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
