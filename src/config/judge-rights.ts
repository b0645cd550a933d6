import type { ObjectDescription } from '../domain/object-description.ts';
import type { NeededRights, ObjectRight } from './needed-rights.ts';

/** What the integration user holds, as far as it may look it up. */
export type HeldRights = {
  /** By API name; an object that is not there cannot be seen at all. */
  readonly described: ReadonlyMap<string, ObjectDescription>;
  /** What profile and permission sets grant on objects that have rights of their own; null where that is hidden. */
  readonly granted: ReadonlyMap<string, ReadonlySet<ObjectRight>> | null;
  /** By the name of each field that has a right of its own, as `Lead.Phone`, whether it may be edited too; null where that is hidden. */
  readonly fields: ReadonlyMap<string, boolean> | null;
  /** Permissions of the user by name; null where they are hidden. */
  readonly user: ReadonlyMap<string, boolean> | null;
};

/** One line of the doctor. `missing` stops some of the work, `needless` is more than the work needs. */
export type Finding = {
  readonly kind: 'missing' | 'needless' | 'warning' | 'note';
  readonly message: string;
  readonly mend: string | null;
};

/** Powers that no work of ours needs. The first two would stand in for rights on objects. */
const POWERS: Readonly<Record<string, string>> = {
  ViewAllData: 'View All Data',
  ModifyAllData: 'Modify All Data',
  ManageUsers: 'Manage Users',
  CustomizeApplication: 'Customize Application',
  AuthorApex: 'Author Apex',
  DataExport: 'Weekly Data Export',
  BulkApiHardDelete: 'Bulk API Hard Delete',
};

const LABELS: Readonly<Record<string, string>> = {
  ApiEnabled: 'API Enabled',
  TransferAnyLead: 'Transfer Leads',
  EditTask: 'Edit Tasks',
};

/** The user permissions that the doctor asks about, without `Permissions`. */
export const ASKED_PERMISSIONS: readonly string[] = [...Object.keys(LABELS), ...Object.keys(POWERS)];

/** Each right that is missing and each that is not needed, by name. */
export function judgeRights(needed: NeededRights, held: HeldRights): readonly Finding[] {
  return [...judgeObjects(needed, held), ...judgeFields(needed, held), ...judgeUser(needed, held)];
}

function judgeObjects({ objects }: NeededRights, { described, granted, user }: HeldRights): readonly Finding[] {
  const isSuper = (right: ObjectRight): boolean =>
    user?.get('ModifyAllData') === true || (user?.get('ViewAllData') === true && ['read', 'view all'].includes(right));
  const findings = [...objects].flatMap(([object, rights]): readonly Finding[] => {
    const description = described.get(object);
    if (description === undefined) return [missing(object, 'read')];
    const own = granted?.get(object);
    return [...rights]
      .filter(
        (right) =>
          !isDescribed(description, right) ||
          (right === 'view all' &&
            granted !== null &&
            own?.has(right) !== true &&
            own?.has('modify all') !== true &&
            !isSuper(right)),
      )
      .map((right) => missing(object, right));
  });
  if (granted === null) {
    return [
      ...findings,
      {
        kind: 'note',
        message: 'which rights on objects are granted cannot be seen by the integration user',
        mend: 'grant View Setup and Configuration while you run the doctor, or look at its permission sets',
      },
    ];
  }
  const needless = [...granted].flatMap(([object, rights]): readonly Finding[] => {
    const wanted = objects.get(object) ?? new Set<ObjectRight>();
    return [...rights].filter((right) => !wanted.has(right)).map((right) => needlessRight(object, right));
  });
  return [...findings, ...needless];
}

/** A field that is named and may not be read or written is a problem of the configuration's place that names it. */
function judgeFields({ objects, edited, read }: NeededRights, { fields }: HeldRights): readonly Finding[] {
  const isUnread = (name: string): boolean => !read.has(name.split('.')[1]!.toLowerCase());
  const held = [...(fields ?? [])];
  const unread = held.filter(([name]) => isUnread(name));
  const unedited = held.filter(
    ([name, isEditable]) => isEditable && !isUnread(name) && !edited.has(name.toLowerCase()),
  );
  return [
    ...needlessFields(unread, 'read', 'hide them', (object) => objects.has(object)),
    // Where the object itself may not be edited, or need not be, its fields do not matter.
    ...needlessFields(unedited, 'edit', 'make them read-only', (object) => {
      const rights = objects.get(object);
      return rights?.has('edit') === true || rights?.has('create') === true;
    }),
  ];
}

function needlessFields(
  fields: readonly (readonly [name: string, isEditable: boolean])[],
  right: ObjectRight,
  remedy: string,
  concerns: (object: string) => boolean,
): readonly Finding[] {
  return [...Map.groupBy(fields, ([name]) => name.split('.')[0]!)].flatMap(([object, own]): readonly Finding[] => {
    if (!concerns(object)) return [];
    const names = own.map(([name]) => name.slice(object.length + 1)).join(', ');
    const mend = `${remedy} on ${object} in its permission sets`;
    return [{ kind: 'needless', message: `${right} on fields of ${object}: ${names}`, mend }];
  });
}

/** Rights on what the integration user sees are told by the object's description, whoever granted them. */
function isDescribed({ isCreateable, isUpdateable }: ObjectDescription, right: ObjectRight): boolean {
  if (right === 'create') return isCreateable;
  return right === 'edit' ? isUpdateable : true;
}

function judgeUser({ user: needed }: NeededRights, { user }: HeldRights): readonly Finding[] {
  if (user === null) {
    const message = 'which permissions the integration user has cannot be seen';
    return [
      { kind: 'note', message, mend: `see that it has ${[...needed.keys()].map((name) => LABELS[name]).join(', ')}` },
    ];
  }
  const lacking = [...needed].flatMap(([name, why]): readonly Finding[] => {
    if (user.get(name) !== false || user.get('ModifyAllData') === true) return [];
    const label = LABELS[name] ?? name;
    return [
      {
        kind: 'missing',
        message: `${label}: ${why}`,
        mend: `add ${label} to a permission set of the integration user`,
      },
    ];
  });
  const powers = Object.entries(POWERS).flatMap(([name, label]): readonly Finding[] => {
    if (user.get(name) !== true) return [];
    return [
      { kind: 'needless', message: label, mend: `take ${label} from the integration user; nothing here needs it` },
    ];
  });
  return [...lacking, ...powers];
}

function missing(object: string, right: ObjectRight): Finding {
  const silence = right === 'view all' ? ': without it sharing hides records, and no answer says so' : '';
  return {
    kind: 'missing',
    message: `${right} on ${object}${silence}`,
    mend: `grant ${right} on ${object} in a permission set of the integration user`,
  };
}

function needlessRight(object: string, right: ObjectRight): Finding {
  return {
    kind: 'needless',
    message: `${right} on ${object}`,
    mend: `take ${right} on ${object} from its permission sets`,
  };
}
