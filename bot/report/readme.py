"""What lies in an export, told to whoever opens the folder, in the flow's own language where that is one of ours."""

from __future__ import annotations

from bot.core.counting import FEW
from bot.report.material import Material
from bot.report.release import ERASED, HIDDEN, WITHDRAWN, WITHHELD

TEXTS = {
    "en": """\
{title}
Assembly {assembly}, flow {ref}

This folder tells what was said and decided, so that somebody who was not there can read it and check it.

transcript/     what was said at each table: .md to read, .jsonl for programs
results.csv     how people voted and answered: in total, at each site, and at each table where the ballot was open
decisions.csv   what was adopted and what was not, by which rule and with which numbers
ideas.csv       ideas that their authors released as open data; ideas.jsonl is the same for programs
research.jsonl  words whose authors agreed that researchers read them, under pseudonyms; only where people were asked
process.json    when each step was open, how many people took part, who intervened, and the seed of the draws
flow/           the flow as it was run. Its name and hash, {ref}, stand in every file
SHA256SUMS      check that nothing was changed: sha256sum -c SHA256SUMS

{withheld} stands for words whose author did not agree to their being read here, {erased} for words of somebody
who asked to be erased. {withdrawn} stands where a summary pointed at words that were taken back, {hidden} where it pointed at
words that were hidden. What was taken back stands nowhere; what was hidden leaves its place in the transcript, and the reason.

A summary's sentences have the numbers under which people read them, and name their sources: the ids of what was said. What was
read in a translation stands there in both languages, with what translated it, and what became of that: read by nobody yet
(machine), read by a person (reviewed), doubted (questioned), or withdrawn. What was worded anew has beside it how it read
before.

A secret ballot is told where {few} people or more answered. Some totals are left out as well, where a smaller number could be
worked out from them. Shares are whole per cent; the numbers beside them are exact.

In the CSV files an apostrophe stands before words that a spreadsheet could take for a formula. Take it away, and you have the
words. The files are UTF-8, cells are separated by commas.

These are the words of real people. Publish only what they agreed to, and delete this folder on the day you promised them.
""",
    "fr": """\
{title}
Assemblée {assembly}, déroulé {ref}

Ce dossier dit ce qui a été dit et décidé, pour qu'une personne absente puisse le lire et le vérifier.

transcript/     ce qui a été dit à chaque table : .md pour lire, .jsonl pour les programmes
results.csv     votes et réponses : au total, par lieu, et par table là où le vote était public
decisions.csv   ce qui a été adopté ou non, selon quelle règle et avec quels nombres
ideas.csv       les idées que leurs auteurs ont données comme données ouvertes ; ideas.jsonl est la même liste pour les programmes
research.jsonl  les mots que leurs auteurs laissent lire à la recherche, sous pseudonyme ; seulement si on le leur a demandé
process.json    quand chaque étape était ouverte, combien de personnes ont pris part, qui est intervenu, et la graine des tirages
flow/           le déroulé tel qu'il a été suivi. Son nom et son empreinte, {ref}, figurent dans chaque fichier
SHA256SUMS      pour vérifier que rien n'a été modifié : sha256sum -c SHA256SUMS

{withheld} remplace des mots dont l'auteur n'a pas accepté qu'on les lise ici, {erased} les mots d'une personne qui a
demandé son effacement. {withdrawn} figure là où un résumé renvoyait à des mots repris depuis, {hidden} là où il renvoyait
à des mots masqués. Ce qui a été repris ne figure nulle part ; ce qui a été masqué laisse sa place dans le compte rendu, avec la
raison.

Les phrases d'un résumé portent le numéro sous lequel on les a lues et nomment leurs sources : les identifiants de ce qui a
été dit. Ce qui a été lu en traduction figure dans les deux langues, avec ce qui l'a traduit et ce que c'est devenu : relu par
personne encore (machine), relu par quelqu'un (reviewed), mis en doute (questioned) ou retiré (withdrawn). À côté de ce qui a été
reformulé figure ce qui se lisait avant.

Un vote secret est publié là où {few} personnes ou plus ont répondu. Certains totaux manquent aussi, quand on pourrait en déduire
un nombre plus petit. Les parts sont en pour cent entiers ; les nombres à côté sont exacts.

Dans les fichiers CSV, une apostrophe précède les mots qu'un tableur pourrait prendre pour une formule. Ôtez-la, et vous avez les
mots. Les fichiers sont en UTF-8, les cellules séparées par des virgules.

Ce sont les mots de personnes réelles. Ne publiez que ce qu'elles ont accepté, et supprimez ce dossier au jour promis.
""",
    "de": """\
{title}
Versammlung {assembly}, Ablauf {ref}

Dieser Ordner sagt, was gesprochen und entschieden wurde, damit auch wer nicht dabei war es lesen und prüfen kann.

transcript/     was an jedem Tisch gesagt wurde: .md zum Lesen, .jsonl für Programme
results.csv     wie abgestimmt und geantwortet wurde: insgesamt, je Ort, und je Tisch, wo die Abstimmung offen war
decisions.csv   was angenommen wurde und was nicht, nach welcher Regel und mit welchen Zahlen
ideas.csv       Ideen, die ihre Urheber als offene Daten freigegeben haben; ideas.jsonl ist dasselbe für Programme
research.jsonl  Worte, die ihre Urheber der Forschung zu lesen geben, unter Pseudonymen; nur wo danach gefragt wurde
process.json    wann jeder Schritt offen war, wie viele teilnahmen, wer eingriff, und der Startwert der Lose
flow/           der Ablauf, wie er gespielt wurde. Sein Name und seine Prüfsumme, {ref}, stehen in jeder Datei
SHA256SUMS      zum Prüfen, dass nichts verändert wurde: sha256sum -c SHA256SUMS

{withheld} steht für Worte, deren Urheber nicht zugestimmt hat, dass man sie hier liest, {erased} für Worte von jemandem, der
gelöscht werden wollte. {withdrawn} steht, wo eine Zusammenfassung auf Worte wies, die zurückgenommen wurden, {hidden}, wo sie
auf Worte wies, die ausgeblendet wurden. Was zurückgenommen wurde, steht nirgends; was ausgeblendet wurde, hinterlässt im
Wortlaut seinen Platz und den Grund.

Die Sätze einer Zusammenfassung tragen die Nummern, unter denen man sie gelesen hat, und nennen ihre Quellen: die Kennungen
dessen, was gesagt wurde. Was übersetzt gelesen wurde, steht in beiden Sprachen da, mit dem, was es übersetzt hat, und was daraus
wurde: noch von niemandem gelesen (machine), von einem Menschen gelesen (reviewed), angezweifelt (questioned) oder zurückgezogen
(withdrawn). Neben dem, was neu gefasst wurde, steht, wie es vorher hieß.

Eine geheime Abstimmung wird dort gezeigt, wo {few} oder mehr Menschen geantwortet haben. Manche Summen fehlen ebenfalls, wenn
sich eine kleinere Zahl daraus errechnen ließe. Anteile sind ganze Prozent; die Zahlen daneben sind genau.

In den CSV-Dateien steht ein Apostroph vor Worten, die eine Tabellenkalkulation für eine Formel halten könnte. Nehmen Sie ihn weg,
und Sie haben die Worte. Die Dateien sind UTF-8, die Zellen durch Kommas getrennt.

Das sind Worte wirklicher Menschen. Veröffentlichen Sie nur, wozu sie ja gesagt haben, und löschen Sie diesen Ordner am
versprochenen Tag.
""",
}


def readme(material: Material) -> bytes:
    text = TEXTS.get(material.language.split("-")[0], TEXTS["en"])
    return text.format(
        title=" ".join(material.text(material.flow.file.flow.title).split()),
        assembly=material.assembly.id,
        ref=material.ref,
        withheld=WITHHELD,
        erased=ERASED,
        withdrawn=WITHDRAWN,
        hidden=HIDDEN,
        few=FEW,
    ).encode()
