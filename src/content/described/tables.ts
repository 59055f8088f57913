/** Places by their pointers -> a table, as the dialects of this program have them. What no pointer names is judged as `other`. */
import type { DescribedPlace } from "../../domain/described.ts";
import { choice, jsonText, jsonValue, list, object, other, protocol, said, type Spec, text } from "../table/spec.ts";

type Branch = { readonly members: Map<string, Branch>; items: Branch | null; leaf: Spec | null };

const branch = (): Branch => ({ members: new Map(), items: null, leaf: null });

/** `lanes`: texts go on from event to event, each in the place where it stands. Of a pointer that is named twice the last counts. */
export function tableOf(places: readonly DescribedPlace[], lanes: boolean): Spec {
  const root = branch();
  for (const [index, place] of places.entries()) {
    let here = root;
    for (const step of place.at) here = below(here, step);
    here.leaf = leafOf(place, lanes && place.continues ? `place-${index}` : null);
  }
  return specOf(root, "");
}

function below(here: Branch, step: string | null): Branch {
  if (step === null) {
    here.items ??= branch();
    return here.items;
  }
  const known = here.members.get(step) ?? branch();
  here.members.set(step, known);
  return known;
}

function leafOf({ as, json }: DescribedPlace, lane: string | null): Spec {
  if (as === null) return protocol;
  const string = json ? jsonText(as.place, lane) : text(as.place, lane);
  // A value of another kind than a string is read as one text: what a program takes as a whole.
  const whole = jsonValue(as.place);
  return said(as.role, choice({ string, list: whole, object: whole }));
}

/** `name`: of the lanes of a list's items. */
function specOf({ members, items, leaf }: Branch, name: string): Spec {
  const inside =
    members.size === 0
      ? undefined
      : object(Object.fromEntries([...members].map(([key, one]) => [key, specOf(one, `${name}.${key}`)])));
  const listed = items === null ? undefined : list(specOf(items, `${name}.*`), `list${name}`);
  if (leaf !== null && inside === undefined && listed === undefined) return leaf;
  return choice({
    ...(leaf === null ? {} : { string: leaf }),
    ...(listed === undefined ? {} : { list: listed }),
    ...(inside === undefined ? {} : { object: inside }),
  });
}

/** The whole body is judged where nothing is named. */
export const tableOrOther = (places: readonly DescribedPlace[], lanes: boolean): Spec =>
  places.length === 0 ? other : tableOf(places, lanes);
