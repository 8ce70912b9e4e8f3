"""The clients of the demonstration: their lines, directives and callers.

Everything is invented; numbers are of the ranges that the French regulator keeps for fiction
(Arcep decision 2018-0881, annex: 01 99 00, 02 61 91, 03 53 01, 04 65 71, 05 36 49, 06 39 98).
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class DemoClient:
    """What is written down about one client."""

    key: str
    name: str
    short_name: str
    trade: str
    hue: int
    agenda_mode: str
    number: str
    label: str
    greeting: str
    unanswered: str
    greeting_en: str = ""
    pronunciation: str = ""
    mobile: str = ""
    instructions: tuple[tuple[str, str], ...] = ()
    practical: tuple[tuple[str, str], ...] = ()
    directory: tuple[tuple[str, str, str], ...] = ()
    phrases: tuple[str, ...] = ()
    triage: dict[str, Any] = field(default_factory=dict)


MARTIN = DemoClient(
    key="martin",
    name="Cabinet médical · Dr Martin, Dr Benali",
    short_name="Dr Martin",
    trade="doctor",
    hue=212,
    agenda_mode="ours",
    number="+33199004010",
    label="Secrétariat",
    greeting="Cabinet du Docteur Martin, bonjour !",
    greeting_en="Doctor Martin’s practice, good afternoon!",
    unanswered=(
        "Le secrétariat du Docteur Martin ne peut pas vous répondre pour le moment. "
        "En cas d’urgence, composez le 15. Sinon, merci de rappeler dans quelques minutes."
    ),
    mobile="+33639983402",
    instructions=(
        ("20′", "Un patient toutes les 20 minutes"),
        ("11–12", "Plage réservée aux urgences, ouverte à tous dès 10:30"),
        ("✕", "Ne jamais donner le portable"),
        ("→", "Laboratoire : transférer au 01 99 00 40 13"),
    ),
    practical=(
        ("Adresse", "12, rue des Tilleuls, 69003 Lyon, 2e étage avec ascenseur"),
        ("Code de la porte", "B 1947 jusqu’à 20 h, ensuite l’interphone « Martin »"),
        ("Parking", "Parking Villette à 200 m, une place handicapés devant l’entrée"),
        ("Tarifs", "Consultation 30 €, secteur 1, carte Vitale et carte bancaire acceptées"),
        ("Remplaçant", "Dr Inès Benali au même cabinet ; en août, Dr Colin"),
    ),
    directory=(
        ("Laboratoire des Tilleuls", "+33199004013", "résultats, du lundi au samedi de 8 h à 18 h"),
        ("Clinique du Parc, admissions", "+33465717045", "patients adressés par le docteur"),
        ("Cabinet infirmier Brun", "+33639983421", "soins à domicile"),
        ("Dr Colin, remplaçant", "+33465717033", "en août seulement"),
    ),
    phrases=(
        "Je comprends votre inquiétude, voyons ensemble ce qui est possible.",
        "J’ai noté votre message, je lui transmets tout de suite.",
        "Le docteur est en consultation, puis-je vous rappeler avant midi ?",
    ),
    triage={
        "opening": (
            "Je vais vous poser quelques questions pour bien vous aider. "
            "Êtes-vous avec la personne malade en ce moment ?"
        ),
        "doubt": "Au moindre doute : faire composer le 15 tout de suite, puis prévenir le médecin.",
        "signs": (
            ("Douleur dans la poitrine, essoufflement", "call_15"),
            ("Perte de connaissance, malaise qui dure", "call_15"),
            ("Un côté du visage ou un bras qui ne répond plus, parole difficile", "call_15"),
            ("Fièvre chez un nourrisson de moins de 3 mois", "call_15"),
            ("Saignement qui ne s’arrête pas", "call_15"),
            ("Fièvre au-dessus de 39 °C depuis plus de deux jours", "emergency_slot"),
            ("Douleur forte et récente, sans signe ci-dessus", "emergency_slot"),
            ("Résultat d’examen que le laboratoire dit urgent", "put_through"),
        ),
    },
)

DURAND = DemoClient(
    key="durand",
    name="Maître Durand",
    short_name="Maître Durand",
    trade="lawyer",
    hue=345,
    agenda_mode="none",
    number="+33199004020",
    label="Standard",
    greeting="Cabinet de Maître Durand, bonjour.",
    unanswered=(
        "Le cabinet de Maître Durand ne peut pas vous répondre pour le moment. "
        "Merci de rappeler dans quelques minutes."
    ),
    mobile="+33639983418",
    instructions=(
        ("!", "Greffe, juge, confrère avec délai : urgent, transmis tout de suite"),
        ("✕", "Ne jamais dire si Maître Durand défend quelqu’un"),
        ("?", "Nouveau dossier : nom, partie adverse, date d’audience"),
        ("✕", "Aucun rendez-vous par téléphone : elle rappelle elle-même"),
    ),
    practical=(
        ("Adresse", "8, quai Saint-Vincent, 69001 Lyon, sur rendez-vous"),
        ("Toque", "Barreau de Lyon, toque 1204"),
        ("Premier rendez-vous", "120 € TTC, déduits si le dossier est confié"),
    ),
    directory=(
        ("Me Karim Haddad, associé", "+33465717061", "urgences pénales quand elle plaide"),
        ("Greffe du tribunal judiciaire", "+33465717012", ""),
    ),
    phrases=(
        "Maître Durand est en audience ; je lui transmets votre message à l’instant.",
        "Je ne peux ni confirmer ni infirmer qu’une personne est cliente du cabinet.",
        "Je note tout, et je vous relis mon message pour être sûre de n’avoir rien oublié.",
    ),
)

RENAUD = DemoClient(
    key="renaud",
    name="Plomberie Renaud",
    short_name="Plomberie Renaud",
    trade="after_sales",
    hue=150,
    agenda_mode="none",
    number="+33199004030",
    label="Service après-vente",
    greeting="Plomberie Renaud, bonjour, que se passe-t-il chez vous ?",
    unanswered=(
        "Plomberie Renaud : toutes nos lignes sont occupées. En cas de fuite de gaz, composez le "
        "0 800 47 33 33. Sinon, merci de rappeler dans quelques minutes."
    ),
    mobile="+33639983430",
    instructions=(
        ("!", "Fuite d’eau active ou plus de chauffage avec un nourrisson : urgent"),
        ("?", "Toujours demander : marque et modèle de la chaudière, étage, code de la porte"),
        ("€", "Déplacement 49 €, gratuit sous contrat d’entretien"),
    ),
    practical=(
        ("Zone", "Lyon et 25 km autour"),
        ("Horaires", "Du lundi au samedi, de 8 h à 19 h ; astreinte la nuit pour les contrats"),
        ("Coupure d’eau", "Faire fermer le robinet d’arrêt, souvent sous l’évier ou au compteur"),
    ),
    directory=(
        ("Bruno Renaud, chantier", "+33639983430", "fuite active seulement"),
        ("Fournisseur chaudières", "+33361910044", "références de pièces"),
    ),
    phrases=(
        "Avant tout : pouvez-vous couper l’eau au robinet d’arrêt ?",
        "Je comprends que ce soit pénible, je préviens le technicien tout de suite.",
    ),
)

LIN = DemoClient(
    key="lin",
    name="Atelier Lin & Co",
    short_name="Atelier Lin & Co",
    trade="shop",
    hue=30,
    agenda_mode="none",
    number="+33199004040",
    label="Boutique en ligne",
    greeting="Atelier Lin et compagnie, bonjour !",
    greeting_en="Atelier Lin and Co, good afternoon!",
    unanswered=(
        "Atelier Lin et compagnie : nous ne pouvons pas vous répondre pour le moment. "
        "Écrivez-nous depuis la boutique, nous répondons dans la journée."
    ),
    instructions=(
        ("?", "Commande : demander le numéro, il commence par LC"),
        ("14 j", "Retours acceptés 14 jours, étiquette envoyée par e-mail"),
    ),
    practical=(
        ("Livraison", "3 jours ouvrés en France, 5 en Belgique et en Suisse"),
        ("Entretien du lin", "Lavage à 40 °C, pas de sèche-linge la première fois"),
    ),
    directory=(("Atelier, préparation", "+33353011020", "colis à retrouver"),),
    phrases=("Je regarde votre commande tout de suite, avez-vous son numéro sous les yeux ?",),
)

CLIENTS = (MARTIN, DURAND, RENAUD, LIN)

# civility, first name, last name, birth year, kind
PATIENTS = (
    ("mrs", "Hélène", "Lefèvre", 1961),
    ("mrs", "Jeanne", "Lambert", 1948),
    ("mr", "Robert", "Blanc", 1955),
    ("mrs", "Lucia", "Costa", 1979),
    ("mr", "Louis", "Moreau", 1990),
    ("mr", "Sami", "Haddad", 1984),
    ("mrs", "Nicole", "Roux", 1952),
    ("mr", "Minh", "Nguyen", 1971),
    ("mrs", "Camille", "Petit", 1995),
    ("mr", "Émile", "Garnier", 2017),
    ("mr", "Antoine", "Faure", 1966),
    ("mrs", "Odile", "Aubry", 1943),
    ("mrs", "Fatou", "Diallo", 1988),
    ("mr", "Paul", "Lefèvre", 1958),
    ("mrs", "Hélène", "Lefèvre", 1987),
    ("mr", "Jean-Baptiste", "de La Tour d’Auvergne-Rochebrune", 1939),
    ("mrs", "Anaïs", "Perrin", 2001),
    ("mr", "Thomas", "Girard", 1976),
    ("mrs", "Maria", "Da Silva", 1969),
    ("mr", "Karim", "Belkacem", 1981),
    ("mrs", "Suzanne", "Marchand", 1936),
    ("mr", "Hugo", "Chevalier", 2009),
    ("mrs", "Laure", "Fontanel", 1974),
    ("mr", "Denis", "Barbier", 1963),
)

# Further patients are made of these, so that a day of twenty names does not repeat one.
FURTHER_LAST_NAMES = (
    "Arnoux", "Bertin", "Caron", "Delmas", "Esteve", "Fabre", "Giraud", "Huet", "Imbert", "Joly",
    "Kowalski", "Leroux", "Masson", "Noël", "Ollivier", "Pasquier", "Quentin", "Renaudin",
    "Sauvage", "Tessier", "Urbain", "Vallet", "Weber", "Yildiz", "Zimmer", "Bouvier", "Chauvet",
    "Dupin", "Évrard", "Fleury", "Gautier", "Humbert", "Jacquet", "Launay", "Mercier", "Navarro",
    "Prévost", "Rolland", "Salmon", "Traoré", "Vidal", "Benhaddou", "Cordier", "Descamps",
)  # fmt: skip
FURTHER_FIRST_NAMES = (
    ("mrs", "Alice"), ("mr", "Bruno"), ("mrs", "Chloé"), ("mr", "Didier"), ("mrs", "Estelle"),
    ("mr", "Farid"), ("mrs", "Gisèle"), ("mr", "Hervé"), ("mrs", "Inès"), ("mr", "Jules"),
    ("mrs", "Khadija"), ("mr", "Lucien"), ("mrs", "Mireille"),
)  # fmt: skip


def further_patients() -> list[tuple[str, str, str, int]]:
    """Give a name, a civility and a birth year to each further patient."""
    return [
        (*FURTHER_FIRST_NAMES[index % len(FURTHER_FIRST_NAMES)], name, 1938 + (index * 17) % 78)
        for index, name in enumerate(FURTHER_LAST_NAMES)
    ]


DURAND_CALLERS = (
    ("", "", "Greffe du tribunal judiciaire de Lyon", "body", "+33465717012"),
    ("mr", "Karim", "Belaïd", "other", "+33639984011"),
    ("me", "Sophie", "Arnaud", "colleague", "+33465717078"),
    ("mrs", "Claire", "Morel", "customer", "+33639984023"),
    ("", "", "Étude Vidal, notaires", "body", "+33465717090"),
    ("", "", "Assurance Alpha", "body", "+33199004288"),
)

RENAUD_CALLERS = (
    ("mr", "Julien", "Petit", "customer", "+33639984051"),
    ("mrs", "Martine", "Aubert", "customer", "+33639984062"),
    ("", "", "Syndic Bellecour", "body", "+33465717101"),
)

LIN_CALLERS = (
    ("mrs", "Élodie", "Roy", "customer", "+33639984071"),
    ("mr", "Marc", "Vandamme", "customer", "+33353011077"),
)
