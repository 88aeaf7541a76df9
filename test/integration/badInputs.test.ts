import type { INodeParameters } from 'n8n-workflow';

import { ATTRIBUTES, KEYSPACES, SECTIONS, startApsisOne, TAGS, TOPICS } from '../apsisOne';
import { importRows, locator, mapped, NODE_NAME, subscription } from '../support/workflows';
import { useLocalApsisOne } from '../support/localApsisOne';

const apsisOne = useLocalApsisOne();

interface Trial {
	parameters?: INodeParameters;
	credential?: Record<string, string>;
	items?: object[];
}

/** What the user reads, and whether APSIS One was asked for an import. */
async function tried({
	parameters,
	credential,
	items = [{ email: 'anna@example.com', newsletter: 'yes' }],
}: Trial) {
	const run = await importRows(apsisOne, items, parameters, { credential });
	return {
		message: run.error?.message,
		description: run.error?.description,
		requested: apsisOne.imports.length,
	};
}

const refused = (message: string, description: string) => ({ message, description, requested: 0 });

describe('a sentence that names what is wrong, and the cure', () => {
	it('for a wrong secret', async () => {
		expect(await tried({ credential: { clientSecret: 'wrong' } })).toEqual(
			refused(
				`APSIS One at ${new URL(apsisOne.baseUrl).host} does not know this Client ID and Client Secret`,
				'Check both, and that Region is where your account is hosted.',
			),
		);
	});

	it('for a wrong region: another APSIS One, which does not know the key', async () => {
		const elsewhere = await startApsisOne({
			account: {
				keys: [{ clientId: 'a', clientSecret: 'b', sections: 'all' }],
				keyspaces: [],
				channels: [],
				sections: [],
				profiles: [],
			},
		});
		expect(await tried({ credential: { baseUrl: elsewhere.baseUrl } })).toEqual(
			refused(
				`APSIS One at ${new URL(elsewhere.baseUrl).host} does not know this Client ID and Client Secret`,
				'Check both, and that Region is where your account is hosted.',
			),
		);
		await elsewhere.close();
	});

	it('for a host that cannot be reached', async () => {
		expect(await tried({ credential: { baseUrl: 'http://127.0.0.1:9' } })).toEqual(
			refused(
				'APSIS One could not be reached at 127.0.0.1:9: the host refused the connection',
				'Check the network, and Region or Base URL in the credential.',
			),
		);
	});

	it('for a base URL without TLS', async () => {
		expect(await tried({ credential: { baseUrl: 'http://api.example.com' } })).toEqual(
			refused(
				'The Base URL of the APSIS One credential cannot be used',
				'It must start with https:// (http:// is allowed for localhost only) and must not contain a user name, password, query or fragment.',
			),
		);
	});

	it('for an unknown section', async () => {
		expect(
			await tried({ parameters: { section: locator('usercreated.sections.gone-0000000000') } }),
		).toEqual(
			refused(
				'APSIS One has no section "usercreated.sections.gone-0000000000"',
				'Choose a section from the list, or check the ID. APSIS One says: There is no section usercreated.sections.gone-0000000000.',
			),
		);
	});

	it('for a section the key may not use', async () => {
		const { clientId, clientSecret } = apsisOne.limitedKey;
		expect(
			await tried({
				credential: { clientId, clientSecret },
				parameters: { section: locator(SECTIONS.b2b) },
			}),
		).toEqual(
			refused(
				`The API key is not allowed to use the section "${SECTIONS.b2b}"`,
				'Choose another Section, or ask your APSIS One admin to give the API key of the credential access to it (Account settings → API management). APSIS One says: The API key has no access to this section.',
			),
		);
	});

	it('for a keyspace that does not manage subscriptions', async () => {
		expect(await tried({ parameters: { keyspace: locator(KEYSPACES.loyalty) } })).toEqual(
			refused(
				'Profiles cannot be imported through the keyspace "Loyalty card"',
				'It does not manage subscriptions. Choose another Keyspace, or ask your APSIS One admin to let it manage subscriptions.',
			),
		);
	});

	it('for an unknown keyspace', async () => {
		expect(await tried({ parameters: { keyspace: locator('com.apsis1.keyspaces.fax') } })).toEqual(
			refused(
				'APSIS One has no keyspace "com.apsis1.keyspaces.fax"',
				'Choose a keyspace from the list, or check the ID. The wrong keyspace would create duplicate profiles.',
			),
		);
	});

	it('for an attribute that may not be written', async () => {
		expect(
			await tried({
				parameters: { attributes: mapped({ [ATTRIBUTES.creditLimit]: '={{ $json.limit }}' }) },
			}),
		).toEqual(
			refused(
				'The attribute "Credit limit" cannot be written through the keyspace "Email"',
				'Remove it from Attributes, choose another Keyspace, or ask your APSIS One admin to make it writable.',
			),
		);
	});

	it('for an attribute whose versions are all deprecated', async () => {
		expect(await tried({ parameters: { attributes: mapped({ [ATTRIBUTES.fax]: '1' }) } })).toEqual(
			refused(
				`The section has no attribute "${ATTRIBUTES.fax}"`,
				'It may have been deleted, or all its versions may be deprecated. Open the node and refresh the list of Attributes.',
			),
		);
	});

	it('for a tag that may not be written', async () => {
		expect(
			await tried({ parameters: { tags: { values: [{ tag: TAGS.staff, applyTo: 'all' }] } } }),
		).toEqual(
			refused(
				'The tag "Staff" cannot be written through the keyspace "Email"',
				'Remove it from Tags, choose another Keyspace, or ask your APSIS One admin to make it writable.',
			),
		);
	});

	it('for a missing key field', async () => {
		const items = [{ kontakt: 'anna@example.com' }];
		expect(await tried({ items, parameters: { profileKeyField: '={{ "" }}' } })).toEqual(
			refused(
				'Profile Key Field is empty',
				'Enter the name of the field that identifies the profile: no field matches the attribute Email. The fields are: kontakt.',
			),
		);
	});

	it('for no items', async () => {
		expect(await tried({ items: [{}] })).toEqual(
			refused(
				'There is nothing to import: no rows came in',
				'No import was requested. Check the node before this one, or end the workflow earlier when there is nothing to import.',
			),
		);
	});

	it('for a nested object as a value, with the number of the item', async () => {
		const items = [
			{ email: 'anna@example.com' },
			{ email: 'bo@example.com', City: { name: 'Oslo' } },
		];
		expect(
			await tried({
				items,
				parameters: { options: { onInvalidRow: 'stop', onInvalidValue: 'rejectRow' } },
			}),
		).toEqual(
			refused(
				'[Item 1] City: is an object or a list ({"name":"Oslo"})',
				'Map one of its members instead, or convert it to text in a node before this one. Nothing was sent. To send the valid rows and get the invalid ones on the Rejected output, change On Invalid Row.',
			),
		);
	});

	it('for Additional Request Fields that are no object', async () => {
		for (const additionalFields of ['[1]', '{ broken', '"text"']) {
			expect(await tried({ parameters: { options: { additionalFields } } })).toEqual(
				refused(
					'Additional Request Fields is not a JSON object',
					'Enclose it in curly braces, e.g. { "name": "value" }, or leave it empty.',
				),
			);
		}
	});

	it('for Additional Request Fields that clash with what the node sets', async () => {
		const additionalFields = '{ "options": { "update_existing_profiles": false } }';
		expect(await tried({ parameters: { options: { additionalFields } } })).toEqual(
			refused(
				'Additional Request Fields may not set "options.update_existing_profiles"',
				'The node sets this member itself, from its own fields. Remove it from Additional Request Fields.',
			),
		);
	});

	it('for a request over 100 kB', async () => {
		const additionalFields = JSON.stringify({ x_padding: 'x'.repeat(100_000) });
		expect(await tried({ parameters: { options: { additionalFields } } })).toEqual(
			refused(
				'The import request is too large: 100,277 bytes',
				'APSIS One accepts 100,000 bytes (100 kB). Map fewer Attributes, Subscriptions or Tags, or shorten Additional Request Fields.',
			),
		);
	});

	it('for a subscription without a channel', async () => {
		expect(
			await tried({ parameters: { subscriptions: { values: [subscription({ channel: '' })] } } }),
		).toEqual(
			refused(
				'No Channel is chosen for the subscription "Newsletter"',
				'It is used in several channels. Choose the one that the consent applies to in Channel.',
			),
		);
	});

	it('for an unknown subscription', async () => {
		const values = [subscription({ subscription: 'usercreated.topics.gone-0000000000' })];
		expect(await tried({ parameters: { subscriptions: { values } } })).toEqual(
			refused(
				'The section has no subscription "usercreated.topics.gone-0000000000"',
				'It may have been deleted. Choose a subscription from the list, or check the ID.',
			),
		);
	});

	it('for one subscription set twice', async () => {
		const values = [subscription(), subscription({ subscription: TOPICS.news })];
		expect(await tried({ parameters: { subscriptions: { values } } })).toEqual(
			refused(
				'The subscription "Newsletter (Shop news)" is set twice for opt-in',
				'Remove one of the two from Subscriptions and Consent.',
			),
		);
	});

	it('for a fourth unfinished import', async () => {
		for (let unfinished = 0; unfinished < 3; unfinished++) {
			apsisOne.stickNextImport();
			await tried({});
		}
		expect(await tried({ parameters: { options: { maxWaitForPlace: 0 } } })).toEqual({
			message: 'APSIS One has no place for another import',
			description:
				'An account may have three unfinished imports at a time and request ten a minute, other integrations included. Wait until some have finished (Audience → Profiles → Import history), or raise Maximum Wait for a Place.',
			requested: 3,
		});
	});
});

it('hands the sentence on as an item when the node is set to continue on fail', async () => {
	const run = await importRows(
		apsisOne,
		[{ email: 'anna@example.com' }],
		{ profileKeyField: 'emial' },
		{ node: { onError: 'continueRegularOutput' } },
	);
	expect(run.status).toBe('success');
	expect(run.outputs(NODE_NAME)).toMatchObject([
		{
			json: {
				error: 'Profile Key Field: no item has the field "emial"',
				message: 'Did you mean "email"? The fields are: email.',
			},
			pairedItem: [{ item: 0 }],
		},
	]);
});
