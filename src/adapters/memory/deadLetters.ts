import type { DeadLetter, DeadLetterRequest } from '../../core/store.ts';
import { IdSequence } from './idSequence.ts';

/** The dead letters of a stream, oldest first. */
export class DeadLetters {
  private readonly ids = new IdSequence();
  private readonly byId = new Map<string, DeadLetter>();
  /** Ids in order, those removed since included: a page is found by halving, removal costs nothing. */
  private order: string[] = [];

  get size(): number {
    return this.byId.size;
  }

  add(letter: Omit<DeadLetter, 'id' | 'time'>, time: number): void {
    const id = this.ids.next(time);
    this.byId.set(id, { id, ...letter, time });
    this.order.push(id);
  }

  get(id: string): DeadLetter | undefined {
    return this.byId.get(id);
  }

  /** Removes a dead letter and returns it; undefined if there is none of this id. */
  remove(id: string): DeadLetter | undefined {
    const letter = this.byId.get(id);
    this.byId.delete(id);
    if (this.order.length > 2 * this.byId.size + 64) this.order = this.order.filter((kept) => this.byId.has(kept));
    return letter;
  }

  page({ after, count }: DeadLetterRequest): readonly DeadLetter[] {
    const page: DeadLetter[] = [];
    for (let place = this.placeAfter(after); place < this.order.length && page.length < count; place++) {
      const letter = this.byId.get(this.order[place] ?? '');
      if (letter) page.push(letter);
    }
    return page;
  }

  private placeAfter(id: string | undefined): number {
    if (id === undefined) return 0;
    let low = 0;
    let high = this.order.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareIds(this.order[middle] ?? '', id) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function compareIds(a: string, b: string): number {
  const [msA = 0, sequenceA = 0] = a.split('-').map(Number);
  const [msB = 0, sequenceB = 0] = b.split('-').map(Number);
  return msA - msB || sequenceA - sequenceB;
}
