import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { parseConsents } from '../../api/parseProfile';
import { ApsisOneError } from '../../errors';
import { consentNamer } from '../common/consentNames';
import { forEachItem } from '../common/itemTasks';
import { nameOf } from '../../api/profiles';
import { startRun } from '../common/profileContext';
import { readChoices } from '../common/typedValue';

/** One output item for each consent of the profile of each item, and for a suppression of its address. */
export async function execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const run = await startRun(this);
	return await forEachItem(this, async (itemIndex) => {
		const profile = run.addressOf(itemIndex);
		const types = readChoices(this, 'consentTypes', 'Consent Types', itemIndex);
		const isSimple = this.getNodeParameter('simplify', itemIndex, true) === true;
		return {
			subject: nameOf(profile),
			send: async () => {
				const consents = parseConsents(await run.calls.getConsents(profile, types));
				if (!consents) {
					throw new ApsisOneError(
						`APSIS One's answer about the consents of "${profile.profileKey}" could not be read`,
						'Profile: Get with Simplify off shows it as it is. Please report it.',
					);
				}
				const nameConsent = isSimple ? await consentNamer(run, profile.section) : undefined;
				return consents.map((consent) => ({
					...profile,
					...((nameConsent?.(consent) ?? consent.raw) as IDataObject),
				}));
			},
		};
	});
}
