import { NodeApiError } from 'n8n-workflow';
import type { IExecuteFunctions } from 'n8n-workflow';

import { pacerOf } from '../api/callPacer';
import { type ProfileAddress, ProfileCalls, type ReadBack } from '../api/profiles';
import { compareProfile } from '../importing/checking/compareProfile';
import { readAccount } from '../transport/context';
import { isCancelled, pause } from '../transport/pause';
import {
	isCheckDue,
	notePending,
	noteRound,
	type PendingRow,
	type ProfileCheck,
	type ProfileLook,
} from './profileCheck';
import type { Watch } from './watch';

/** A check is in no hurry: below the shared pace it leaves room for other calls, and for a process that was held up. */
const CALL_SPACING_MS = 1_000 / 80;
/** Calls under way at a time: enough for that pace where an answer takes a fifth of a second. */
const CALLS_AT_A_TIME = 16;
/** After so many failed calls in a row a round ends: something is wrong, and the next round comes soon. */
const MAX_FAULTS_IN_A_ROW = 5;
/** A missing permission does not pass. */
const FINAL_STATUSES = ['401', '403'];

/** One round: looks at the profiles of every check that is due. A fault of a look never ends the wait. */
export async function checkProfiles(context: IExecuteFunctions, watch: Watch): Promise<void> {
	for (const { check, section } of watch.imports) {
		if (!check || !isCheckDue(check, Date.now())) continue;
		await new CheckRound(context, check, section).run();
		noteRound(check, Date.now());
	}
}

/** Looks once at each profile that is pending. */
class CheckRound {
	private readonly rows: PendingRow[];
	private faultsInARow = 0;
	private nextCallAt = 0;
	/** The fault that a permission is missing: all other calls would end so. */
	private finalFault: ProfileLook | undefined;

	constructor(
		private readonly context: IExecuteFunctions,
		private readonly check: ProfileCheck,
		private readonly section: string,
	) {
		this.rows = [...check.pending];
	}

	async run(): Promise<void> {
		const calls = await this.makeCalls();
		if (!calls) return;
		await Promise.all(Array.from({ length: CALLS_AT_A_TIME }, async () => await this.work(calls)));
		if (!this.finalFault) return;
		for (const row of this.rows) notePending(this.check, row, this.finalFault);
	}

	private async makeCalls(): Promise<ProfileCalls | undefined> {
		try {
			return new ProfileCalls(this.context, pacerOf(await readAccount(this.context)));
		} catch (error) {
			this.check.lastFault = sentenceOf(error);
			return undefined;
		}
	}

	private async work(calls: ProfileCalls): Promise<void> {
		while (this.mayGoOn()) {
			const row = this.rows.shift();
			if (!row) return;
			const look = await this.look(calls, row);
			this.noteFault(look);
			notePending(this.check, row, look);
		}
	}

	private mayGoOn(): boolean {
		const hasFailed = this.finalFault !== undefined || this.faultsInARow >= MAX_FAULTS_IN_A_ROW;
		return !hasFailed && !isCancelled(this.context);
	}

	private noteFault(look: ProfileLook): void {
		if (!('fault' in look)) {
			this.faultsInARow = 0;
			return;
		}
		this.faultsInARow++;
		if (look.isFinal) this.finalFault = look;
	}

	private async look(calls: ProfileCalls, row: PendingRow): Promise<ProfileLook> {
		const { keyspace, fields, consents } = this.check;
		const address: ProfileAddress = {
			keyspace,
			section: this.section,
			profileKey: row.profileKey,
		};
		try {
			await this.takeTurn();
			const attributes = await calls.readBack('GET attributes', address);
			if (!attributes.found) return { missing: true };
			const given = row.consents.length > 0 ? await this.readConsents(calls, address) : undefined;
			if (given?.found === false) return { missing: true };
			const compared = compareProfile(row, fields, consents, {
				attributes: attributes.body,
				consents: given?.body,
			});
			if ('unreadable' in compared) this.logOnce(compared.unreadable);
			return compared;
		} catch (error) {
			const isFinal =
				error instanceof NodeApiError && FINAL_STATUSES.includes(error.httpCode ?? '');
			return { fault: sentenceOf(error), isFinal };
		}
	}

	private async readConsents(calls: ProfileCalls, address: ProfileAddress): Promise<ReadBack> {
		await this.takeTurn();
		return await calls.readBack('GET consents', address);
	}

	private async takeTurn(): Promise<void> {
		const now = Date.now();
		const at = Math.max(now, this.nextCallAt);
		this.nextCallAt = at + CALL_SPACING_MS;
		if (at > now) await pause(this.context, at - now);
	}

	private logOnce(shape: string): void {
		if (this.check.hasLoggedShape) return;
		this.check.hasLoggedShape = true;
		this.context.logger.warn(
			`APSIS One: a profile could not be compared with what was sent, since its answer has a shape that is not known: ${shape}`,
		);
	}
}

function sentenceOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
