import type { Dice } from './dice.ts';

/** An invented person; `login` is how the name is spelt in an e-mail address. */
export type PersonName = { readonly first: string | null; readonly last: string; readonly login: string };

/** A name from anywhere, in its own script. */
export function personName(dice: Dice): PersonName {
  const [firsts, lasts] = dice.weighted(ORIGINS.map((origin) => [origin.weight, origin.names] as const));
  const [first, firstLogin] = dice.pick(firsts);
  const [last, lastLogin] = dice.pick(lasts);
  return { first, last, login: `${firstLogin}.${lastLogin}`.toLowerCase().replaceAll(/[^a-z.]/g, '') };
}

/** An invented company with the domain it uses; never twice for the same number. */
export function companyName(dice: Dice, number: number): { readonly name: string; readonly domain: string } {
  const stem = STEMS[number % STEMS.length]!;
  const trade = TRADES[Math.floor(number / STEMS.length + number) % TRADES.length]!;
  const name = `${stem} ${trade} ${dice.pick(FORMS)}`.trim();
  const domain = `${stem}-${trade}`
    .normalize('NFD')
    .toLowerCase()
    .replaceAll(/[^a-z-]/g, '');
  return { name, domain: `${domain}.example` };
}

/** A title, weighted to what a B2B seller meets; several tell a role of the buying committee. */
export function jobTitle(dice: Dice): string {
  return dice.pick(TITLES);
}

type Spelt = readonly [string, string];

const same = (names: string): readonly Spelt[] =>
  names.split(' ').map((name) => [name, name.normalize('NFD').replaceAll(/[^a-zA-Z]/g, '')] as const);

const ORIGINS: readonly { readonly weight: number; readonly names: readonly [readonly Spelt[], readonly Spelt[]] }[] = [
  {
    weight: 30,
    names: [
      same(
        'Alice Brian Carla Derek Elaine Frank Gwen Harold Irene Jack Kelly Liam Martha Noel Olive Peter Rosa Sam Tess Will',
      ),
      same(
        "Abbott Barlow Chandler Dawson Ellison Farrow Gallagher Hewitt Ingram Jarvis Keating Lambert Massey Nolan O'Dwyer Pruitt",
      ),
    ],
  },
  {
    weight: 16,
    names: [
      same('Jürgen Käthe Björn Søren Åse Léa Zoë François Iñigo Łukasz Jiří Ágnes Þóra Siân Mária Günther'),
      same(
        "Müller Großmann Sørensen Åkerström Lefèvre D'Amico Núñez Wójcik Dvořák Szőke Jónsdóttir Van-der-Berg Brøgger",
      ),
    ],
  },
  {
    weight: 8,
    names: [
      [
        ['Олена', 'olena'],
        ['Дмитро', 'dmytro'],
        ['Милица', 'milica'],
        ['Борис', 'boris'],
      ],
      [
        ['Коваленко', 'kovalenko'],
        ['Петровић', 'petrovic'],
        ['Соколова', 'sokolova'],
        ['Гринчук', 'hrynchuk'],
      ],
    ],
  },
  {
    weight: 6,
    names: [
      [
        ['Ελένη', 'eleni'],
        ['Νίκος', 'nikos'],
        ['Σοφία', 'sofia'],
      ],
      [
        ['Παπαδάκης', 'papadakis'],
        ['Λεμονίδου', 'lemonidou'],
      ],
    ],
  },
  {
    weight: 10,
    names: [
      [
        ['美咲', 'misaki'],
        ['大輔', 'daisuke'],
        ['さくら', 'sakura'],
        ['ケンジ', 'kenji'],
      ],
      [
        ['田辺', 'tanabe'],
        ['小野寺', 'onodera'],
        ['松下', 'matsushita'],
        ['高瀬', 'takase'],
      ],
    ],
  },
  {
    weight: 8,
    names: [
      [
        ['민준', 'minjun'],
        ['서연', 'seoyeon'],
        ['지호', 'jiho'],
      ],
      [
        ['김', 'kim'],
        ['박', 'park'],
        ['최', 'choi'],
      ],
    ],
  },
  {
    weight: 8,
    names: [
      [
        ['小明', 'xiaoming'],
        ['丽华', 'lihua'],
        ['志強', 'zhiqiang'],
      ],
      [
        ['王', 'wang'],
        ['歐陽', 'ouyang'],
        ['林', 'lin'],
      ],
    ],
  },
  {
    weight: 6,
    names: [
      [
        ['ليلى', 'layla'],
        ['يوسف', 'yusuf'],
        ['סיגל', 'sigal'],
      ],
      [
        ['الحداد', 'alhaddad'],
        ['منصور', 'mansour'],
        ['ברק', 'barak'],
      ],
    ],
  },
  {
    weight: 6,
    names: [
      [
        ['अनन्या', 'ananya'],
        ['ராஜேஷ்', 'rajesh'],
        ['Nguyệt', 'nguyet'],
        ['สมชาย', 'somchai'],
      ],
      [
        ['शर्मा', 'sharma'],
        ['குமார்', 'kumar'],
        ['Trần', 'tran'],
        ['ใจดี', 'jaidee'],
      ],
    ],
  },
];

const STEMS = [
  'Alder',
  'Borealis',
  'Cobalt',
  'Dunmore',
  'Eastgate',
  'Fjord',
  'Granite',
  'Hangang',
  'Ironbark',
  'Juniper',
  'Kestrel',
  'Lindenhof',
  'Marlow',
  'Nordlicht',
  'Obsidian',
  'Palisade',
  'Quillon',
  'Rivenhall',
  'Sakurai',
  'Tessera',
  'Umbra',
  'Valmont',
  'Wexford',
  'Xylia',
  'Yarrow',
  'Zephyr',
  'Østbø',
  'Grünfeld',
  'Évora',
  'Brightwater',
];

const TRADES = [
  'Energy',
  'Robotics',
  'Foods',
  'Logistics',
  'Biotech',
  'Utilities',
  'Machinery',
  'Systems',
  'Chemicals',
  'Media',
];

const FORMS = ['Ltd', 'GmbH', 'Inc.', 'AS', 'S.A.', 'K.K.', 'Pte Ltd', 'AB', 'LLC', ''];

const TITLES = [
  'CEO',
  'CFO',
  'Managing Director',
  'VP Finance',
  'President',
  'Head of Operations',
  'Plant Manager',
  'Director of Engineering',
  'Systems Architect',
  'Lead Engineer',
  'CTO',
  'IT Director',
  'Procurement Lead',
  'Head of Purchasing',
  'General Counsel',
  'SVP Supply Chain',
  'EVP Strategy',
  'Quality Analyst',
  'Production Planner',
  'Marketing Manager',
  'Office Administrator',
];
