import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';

import type { Attribute } from '../../api/parseDefinitions';
import { parseConsents } from '../../api/parseConsents';
import { parseAttributeValues } from '../../api/parseProfile';
import { parseTagIds } from '../../api/profileTags';
import { consentNamer } from '../common/consentNames';
import { nameOf, type ProfileAddress } from '../../api/profiles';
import { type ProfileContext, createProfileContext } from '../common/profileContext';
import { forEachItem } from '../common/itemTasks';
import { simplifyField, valueOptions } from '../common/profileFields';

export const description: INodeProperties[] = [
	simplifyField('profile', ['get']),
	valueOptions('profile', ['get']),
];

/** What APSIS One answered about one profile. */
interface Answers {
	attributes: unknown;
	tags: unknown;
	consents: unknown;
}

/** Reads what APSIS One knows about the profile of each item, by name or as it came. */
export async function execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const profiles = await createProfileContext(this);
	return await forEachItem(this, async (itemIndex) => {
		const profile = profiles.addressOf(itemIndex);
		const isSimple = this.getNodeParameter('simplify', itemIndex, true) === true;
		return {
			subject: nameOf(profile),
			send: async () => {
				const answers = {
					attributes: await profiles.calls.getAttributes(profile),
					tags: await profiles.calls.getTags(profile),
					consents: await profiles.calls.getConsents(profile, []),
				};
				const shown = isSimple ? await simplified(profiles, profile, answers) : answers;
				return { ...profile, ...shown } as IDataObject;
			},
		};
	});
}

/** Names in place of discriminators; what cannot be read stays as it came. */
async function simplified(
	profiles: ProfileContext,
	{ section }: ProfileAddress,
	answers: Answers,
): Promise<Answers> {
	const attributes = await profiles.definitions.attributes(section);
	const tags = await profiles.definitions.tags(section);
	const nameConsent = await consentNamer(profiles, section);
	const tagName = (id: string) => tags.find((tag) => tag.discriminator === id)?.name ?? id;
	return {
		attributes: valuesByName(answers.attributes, attributes) ?? answers.attributes,
		tags: parseTagIds(answers.tags)?.map(tagName) ?? answers.tags,
		consents: parseConsents(answers.consents)?.map(nameConsent) ?? answers.consents,
	};
}

function valuesByName(
	body: unknown,
	attributes: readonly Attribute[],
): Record<string, unknown> | undefined {
	const values = parseAttributeValues(body);
	if (!values) return undefined;
	const named: Record<string, unknown> = {};
	for (const [id, value] of values) {
		const name = attributes.find((one) => one.discriminator === id || one.versionId === id)?.name;
		// Two attributes may share a name.
		named[name === undefined || name in named ? id : name] = value;
	}
	return named;
}
