import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';

import { parseConsents } from '../../api/parseConsents';
import { ApsisOneError } from '../../errors';
import { consentNamer } from '../common/consentNames';
import { forEachItem } from '../common/itemTasks';
import { nameOf } from '../../api/profiles';
import { operationFields } from '../common/operationFields';
import { createProfileContext } from '../common/profileContext';
import { simplifyField, valueOptions } from '../common/profileFields';
import { readChoices } from '../common/typedValue';

export const description: INodeProperties[] = [
	...operationFields('consent', 'getMany', [
		{
			displayName: 'Consent Types',
			name: 'consentTypes',
			type: 'multiOptions',
			options: [
				{ name: 'Confirmed Opt-In', value: 'confirmed-opt-in' },
				{ name: 'Opt-In', value: 'opt-in' },
				{ name: 'Opt-Out', value: 'opt-out' },
				{ name: 'Pending Opt-In', value: 'pending-opt-in' },
			],
			default: [],
			description:
				'Types of consent to get. Leave empty to get all. A suppression of the address is always included.',
		},
	]),
	simplifyField('consent', ['getMany']),
	valueOptions('consent', ['getMany']),
];

/** One output item for each consent of the profile of each item, and for a suppression of its address. */
export async function execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const profiles = await createProfileContext(this);
	return await forEachItem(this, async (itemIndex) => {
		const profile = profiles.addressOf(itemIndex);
		const types = readChoices(this, 'consentTypes', 'Consent Types', itemIndex);
		const isSimple = this.getNodeParameter('simplify', itemIndex, true) === true;
		return {
			subject: nameOf(profile),
			send: async () => {
				const consents = parseConsents(await profiles.calls.getConsents(profile, types));
				if (!consents) {
					throw new ApsisOneError(
						`APSIS One's answer about the consents of "${profile.profileKey}" could not be read`,
						'To see the answer, run Profile: Get with Simplify off. Please report this problem.',
					);
				}
				const nameConsent = isSimple ? await consentNamer(profiles, profile.section) : undefined;
				return consents.map((consent) => ({
					...profile,
					...((nameConsent?.(consent) ?? consent.raw) as IDataObject),
				}));
			},
		};
	});
}
