/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- drives a real n8n from the developer's machine */
import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';

import {
	type ApsisOne,
	ATTRIBUTES,
	CHANNELS,
	KEYSPACES,
	SECTIONS,
	startApsisOne,
	TOPICS,
} from '../apsisOne';
import { exampleFiles, readExample, withCredentials } from '../support/examples';
import { locator, requestParameters, subscription } from '../support/workflows';
import {
	type Browser,
	chain,
	type CredentialReference,
	code,
	launchChromium,
	type Locator,
	manualTrigger,
	type N8n,
	type N8nVersion,
	node,
	openEditor,
	openWorkflow,
	packPackage,
	type Page,
	removeFolder,
	spread,
	startN8n,
	temporaryFolder,
	waitFor,
} from './lab';

/** Where pictures go, relative to the repository; none are taken without it. */
const SCREENSHOTS = process.env.APSIS_SCREENSHOTS;
/** Pictures are of the newest. */
const VERSIONS: N8nVersion[] = SCREENSHOTS ? ['newest'] : ['oldest', 'newest'];

const START = 'When clicking ‘Execute workflow’';
const CUSTOMERS: INodeExecutionData[] = [
	{
		json: {
			email: 'anna@example.com',
			firstname: 'Anna',
			mobile: '+46 70 123 45 67',
			newsletter: 'yes',
		},
	},
	{ json: { email: 'bo@example', firstname: 'Bo', mobile: '12', newsletter: 'no' } },
	{
		json: {
			email: 'cia@example.com',
			firstname: 'Cia',
			mobile: '0044 20 7946 0958',
			newsletter: '',
		},
	},
];

/** n8n's own passing messages would lie over what is to be seen. */
const HIDE_MESSAGES = `document.querySelectorAll('.el-notification').forEach((one) => one.remove())`;

/** What stands in a node's panel besides its fields: notices, hints and errors, n8n's own included. */
const NOTES = ['.notice-content', '[data-test-id="parameter-input-hint"]', '[class*="danger"]']
	.map((selector) => `[data-test-id="node-parameters"] ${selector}`)
	.join(', ');
const READ_NOTES = `[...document.querySelectorAll(${JSON.stringify(NOTES)})]
	.filter((one) => one.offsetParent !== null && one.innerText.trim() !== '')
	.map((one) => one.innerText.trim().replace(/\\s+/g, ' '))`;

/** n8n's own, while the mapper maps by name. */
const AUTO_NOTICE = (what: string) =>
	`In this mode, make sure the incoming data fields are named the same as the ${what} in APSIS One. (Use an 'Edit Fields' node before this node to change them if required.)`;
const MAP_BY_NAME: INodeParameters = { mappingMode: 'autoMapInputData', value: null };
const MAP_BELOW: INodeParameters = { mappingMode: 'defineBelow', value: null };

/** IDs of the account; where APSIS One has a name for something, the user sees the name. */
const RAW_ID = /usercreated\.|com\.apsis1\./;

/** One user, from an empty editor to a finished import; each test goes on where the last one stopped. */
describe.each(VERSIONS)('the editor of n8n, %s', (version) => {
	let apsisOne: ApsisOne;
	let n8n: N8n;
	let browser: Browser;
	let page: Page;
	let workflowId: string;

	beforeAll(async () => {
		apsisOne = await startApsisOne();
		n8n = await startN8n({
			version,
			userFolder: await temporaryFolder('editor'),
			packages: [await packPackage()],
		});
		browser = await launchChromium();
		page = await openEditor(browser, n8n.baseUrl);
		const workflow = await n8n.rest.createWorkflow({
			name: 'Customers to APSIS One',
			nodes: spread([manualTrigger(START), code('Customers', 'return [];')]),
			connections: chain(START, 'Customers'),
			pinData: { Customers: CUSTOMERS },
		});
		workflowId = workflow.id;
		await openWorkflow(page, n8n.baseUrl, workflowId);
	});

	afterAll(async () => {
		await browser?.close();
		await n8n?.stop();
		await apsisOne?.close();
		if (n8n) await removeFolder(n8n.userFolder);
	});

	let hasFailed = false;
	/** A step of the one story; after one that failed, the others have nothing to stand on. */
	function step(name: string, run: () => Promise<void>): void {
		it(name, async () => {
			if (hasFailed) throw new Error('An earlier step failed.');
			hasFailed = true;
			await run().catch(async (error: unknown) => {
				await picture('failed');
				throw error;
			});
			hasFailed = false;
		});
	}

	async function picture(name: string): Promise<void> {
		if (!SCREENSHOTS) return;
		const folder = path.resolve(__dirname, '../..', SCREENSHOTS);
		await mkdir(folder, { recursive: true });
		// Only for the eye: animations have no end that could be waited for.
		await page.waitForTimeout(600);
		await page.evaluate(HIDE_MESSAGES);
		await page.screenshot({ path: path.join(folder, `${name}.png`) });
	}

	const field = (name: string) => page.getByTestId(`parameter-input-${name}`);

	async function fill(name: string, text: string): Promise<void> {
		await field(name).locator('input').first().fill(text);
		// The hint of a field in focus covers the next one.
		await page.keyboard.press('Tab');
	}

	/**
	 * Opens a locator's list, and gives the names in it. Opened in the instant in which another parameter changes, n8n's list
	 * may stay empty until it is opened again.
	 */
	async function openList(placeholder: string): Promise<string[]> {
		const items = page.getByTestId('rlc-item');
		await page.waitForTimeout(500);
		await page.getByPlaceholder(placeholder).click();
		await items
			.first()
			.waitFor({ timeout: 10_000 })
			.catch(async () => {
				await page.keyboard.press('Escape');
				await page.getByPlaceholder(placeholder).click();
				await items.first().waitFor();
			});
		return await items.allInnerTexts();
	}

	async function chooseOption(name: string, option: string | RegExp): Promise<void> {
		await field(name).locator('input').first().click();
		await page.getByRole('option', { name: option }).first().click();
	}

	/** Drags a field of the input onto an attribute, as users map. */
	async function drag(inputField: string, attribute: string): Promise<void> {
		const pill = page
			.getByTestId('ndv-input-panel')
			.getByTestId('run-data-schema-node-name')
			.filter({ hasText: new RegExp(`^${inputField}$`) })
			.first();
		const target = page
			.getByTestId('node-parameters')
			.getByText(attribute, { exact: true })
			.first()
			.locator('xpath=following::input[1]');
		await target.scrollIntoViewIfNeeded();
		const [from, to] = [await centreOf(pill), await centreOf(target)];
		await page.mouse.move(from.x, from.y);
		await page.mouse.down();
		await page.mouse.move(to.x - 40, to.y, { steps: 12 });
		await page.mouse.move(to.x, to.y, { steps: 4 });
		await page.mouse.up();
	}

	async function executeStep(): Promise<void> {
		await page.getByTestId('node-execute-button').first().click();
		await page.getByTestId('node-run-status-success').first().waitFor();
	}

	/** 2.40 has one button for the first credential, 2.8 a list whose last entry makes one. */
	async function startCredential(): Promise<void> {
		const slot = page.getByTestId('node-credentials-slot');
		if ((await slot.count()) > 0) {
			await slot.locator('button').first().click();
			return;
		}
		await page.getByTestId('node-credentials-select').first().click();
		await page.getByTestId('node-credentials-select-item-new').first().click();
	}

	/** Waits for these notes, and that they stay the only ones: the mapper loads its fields first. */
	async function expectNotes(...expected: Array<string | RegExp>): Promise<void> {
		await page.waitForTimeout(1_500);
		const notes = await page.evaluate<string[]>(READ_NOTES);
		expect(notes).toEqual(
			expected.map((one) => (typeof one === 'string' ? one : expect.stringMatching(one))),
		);
	}

	async function credentialMade(): Promise<CredentialReference> {
		const references = await n8n.rest.call<CredentialReference[]>('GET', '/rest/credentials');
		const [reference] = references;
		if (!reference) throw new Error('The credential made before is not there.');
		return reference;
	}

	/** Opens a node with these parameters, in a workflow of its own. */
	async function openNodeWith(parameters: INodeParameters): Promise<void> {
		const { id } = await n8n.rest.createWorkflow({
			name: 'Notes',
			nodes: spread([
				manualTrigger(START),
				node('APSIS One', 'n8n-nodes-apsis-one.apsisOne', parameters, {
					credentials: { apsisOneApi: await credentialMade() },
				}),
			]),
			connections: chain(START, 'APSIS One'),
		});
		await openWorkflow(page, n8n.baseUrl, id);
		await openLastNode();
	}

	/** Output of the node as a table. */
	async function showTable(): Promise<void> {
		await outputPanel().hover();
		await outputPanel().getByTestId('radio-button-table').first().click();
	}

	const outputPanel = () => page.getByTestId('output-panel');

	async function useTheme(theme: 'light' | 'dark'): Promise<void> {
		await page.evaluate(`localStorage.setItem('N8N_THEME', '${theme}')`);
		await page.reload();
		await page.getByTestId('canvas-node').first().waitFor();
	}

	/** n8n 2.40 saves by itself, 2.8 when asked. */
	async function saveWorkflow(): Promise<void> {
		await page.keyboard.press('Control+s');
		await waitFor(
			async () => {
				const { nodes } = await n8n.rest.getWorkflow(workflowId);
				return nodes.length === 3 || undefined;
			},
			{ what: 'The saved workflow', timeoutMs: 20_000 },
		);
	}

	async function openLastNode(): Promise<void> {
		await page.getByTestId('canvas-node').last().dblclick();
		await page.getByTestId('node-parameters').waitFor();
	}

	step('finds the node by "apsis", with its actions and its trigger', async () => {
		await page.getByTestId('execute-workflow-button').first().click();
		await page.getByText('3 items', { exact: true }).first().waitFor();
		await page.getByTestId('canvas-handle-plus').last().click();
		await page.getByTestId('node-creator-search-bar').first().fill('apsis');
		await page.getByText('APSIS One', { exact: true }).first().click();
		await page.getByText('Request profile import', { exact: true }).waitFor();
		const text = await page.getByTestId('node-creator').first().innerText();
		for (const action of [
			'Get status of profile import',
			'Preview profile import',
			'Wait for profile import',
		]) {
			expect(text).toContain(action);
		}
		// The watcher is for the inside only.
		expect(text).not.toMatch(/watcher/i);
		await picture('1-search');
	});

	step('asks for a credential, and tests it', async () => {
		await page.getByText('Request profile import', { exact: true }).first().click();
		await page.getByTestId('node-parameters').waitFor();
		await startCredential();
		const dialog = page.getByTestId('editCredential-modal');
		await dialog.waitFor();
		await dialog.getByTestId('parameter-input-region').locator('input').first().click();
		await page
			.getByRole('option', { name: /Custom/ })
			.first()
			.click();
		await dialog.getByTestId('parameter-input-baseUrl').locator('input').fill(apsisOne.baseUrl);
		await dialog.getByTestId('parameter-input-clientId').locator('input').fill(apsisOne.clientId);
		await dialog
			.getByTestId('parameter-input-clientSecret')
			.locator('input')
			.fill(apsisOne.clientSecret);
		await picture('2-credential');
		await dialog.getByTestId('credential-save-button').click();
		// 2.40 closes the dialog by itself when the test was passed; 2.8 leaves it open.
		await dialog.getByText(/Connection tested successfully/).waitFor({ state: 'attached' });
		if (version === 'oldest') await dialog.locator('.el-dialog__headerbtn').first().click();
		await dialog.waitFor({ state: 'hidden' });
	});

	step('lists sections and keyspaces by their names', async () => {
		expect(await openList('Select a section…')).toEqual(['B2B', 'Fjäll shop']);
		await picture('3-section');
		await page.getByTestId('rlc-item').filter({ hasText: 'Fjäll shop' }).first().click();
		expect(await openList('Select a keyspace…')).toEqual(['CRM ID', 'Email', 'Mobile', 'Web shop']);
		await page.getByTestId('rlc-item').filter({ hasText: 'Email' }).first().click();
		await fill('profileKeyField', 'email');
		await expectNotes(AUTO_NOTICE('attributes'));
	});

	step('shows the attributes of the section, to be mapped by dragging', async () => {
		await page.getByTestId('mapping-mode-select').locator('input').first().click();
		await page
			.getByRole('option', { name: /Map Each Column/ })
			.first()
			.click();
		await page.getByText('Club points', { exact: true }).waitFor();
		await drag('email', 'Email');
		await page.getByText('{{ $json.email }}').first().waitFor();
		await drag('firstname', 'First name');
		await page.getByText('{{ $json.firstname }}').first().waitFor();
		await picture('4-mapping');
		await expectNotes('anna@example.com', 'Anna');
		expect(await page.getByTestId('node-parameters').innerText()).not.toMatch(RAW_ID);
	});

	step('lists subscriptions with their folder', async () => {
		await page.getByText('Add Subscription').click();
		await field('subscription').locator('input').first().click();
		const option = page.getByRole('option', { name: /Newsletter \(Shop news\)/ });
		await option.first().waitFor();
		await picture('5-subscription');
		await option.first().click();
		await chooseOption('channel', 'Email');
		await fill('consentField', 'newsletter');
		expect(await page.getByTestId('node-parameters').innerText()).not.toMatch(RAW_ID);
	});

	step('runs, and tells what was sent and what was rejected', async () => {
		await executeStep();
		const sentence = '2 profiles sent in 1 import; 1 row rejected: 1 invalid email address';
		await outputPanel().getByText(sentence).first().waitFor();
		await picture('6-sent');
		await page.getByTestId('tab-1').first().click();
		await outputPanel().getByText('bo@example').first().waitFor();
		expect(await outputPanel().innerText()).toContain('invalid email address');
		await picture('7-rejected');
		await apsisOne.settled();
		expect(apsisOne.profile(KEYSPACES.email, 'anna@example.com')).toMatchObject({
			attributes: { [ATTRIBUTES.firstName]: 'Anna' },
			consents: { [`${TOPICS.news}|${CHANNELS.email}`]: 'opt-in' },
		});
		expect(apsisOne.profile(KEYSPACES.email, 'cia@example.com')?.consents).toEqual({});
	});

	step('previews the request without sending it', async () => {
		const imports = apsisOne.imports.length;
		await chooseOption('operation', /^Preview/);
		await executeStep();
		await outputPanel()
			.getByText(/2 profiles would be sent in 1 import/)
			.first()
			.waitFor();
		await page.getByTestId('tab-0').first().click();
		await outputPanel().getByText('rowsToSend').first().waitFor();
		await picture('8-preview-summary');
		await showTable();
		await page.getByTestId('tab-1').first().click();
		for (const cell of ['Newsletter email opt-in', 'anna@example.com', 'Anna']) {
			await outputPanel().getByText(cell, { exact: true }).first().waitFor();
		}
		await picture('8-preview-rows');
		await page.getByTestId('tab-2').first().click();
		await outputPanel().getByText('bo@example').first().waitFor();
		await picture('8-preview-rejected');
		expect(apsisOne.imports).toHaveLength(imports);
	});

	step('says why a list is empty when the key is refused', async () => {
		apsisOne.faults.add({ call: 'sections', kind: 'status', status: 403, times: 9 });
		await field('section').getByTestId('rlc-input').click();
		const reason = page.getByTestId('rlc-error-container');
		await reason.waitFor();
		expect(await reason.innerText()).toContain('APSIS One refused to list the sections');
		apsisOne.faults.clear();
	});

	step('shows every example on the canvas', async () => {
		await page.keyboard.press('Escape');
		await page.getByTestId('ndv-close-button').first().click();
		const apsisOneApi = await credentialMade();
		await saveWorkflow();
		for (const file of exampleFiles()) {
			const example = withCredentials(readExample(file), { apsisOneApi });
			const { id } = await n8n.rest.createWorkflow(example);
			await openWorkflow(page, n8n.baseUrl, id);
			const drawn = example.nodes.filter(({ type }) => !type.endsWith('.stickyNote'));
			await waitFor(
				async () => (await page.getByTestId('canvas-node').count()) >= drawn.length || undefined,
				{
					what: `All nodes of ${file}`,
					timeoutMs: 20_000,
				},
			);
			for (const { name } of drawn) {
				expect(await page.locator(`[data-node-name="${name}"]`).count()).toBeGreaterThan(0);
			}
			await picture(`example-${file.replace('.json', '')}`);
		}
		await openWorkflow(page, n8n.baseUrl, workflowId);
	});

	step('shows notices only where there is something to say', async () => {
		for (const operation of ['request', 'preview']) {
			await openNodeWith(requestParameters({ operation }));
			await expectNotes(AUTO_NOTICE('attributes'));
			await openNodeWith(requestParameters({ operation, attributes: MAP_BELOW }));
			await expectNotes();
		}
		await openNodeWith(requestParameters({ attributes: MAP_BELOW, inputSource: 'file' }));
		await page.getByText('The name of the input field that contains the CSV file').waitFor();
		await expectNotes();
		await openNodeWith(
			requestParameters({
				subscriptions: { values: [subscription({ resubscribe: true })] },
				options: { clearExistingAttributes: true },
			}),
		);
		await expectNotes(
			AUTO_NOTICE('attributes'),
			/^Mailing people who have opted out breaks the law/,
			/^Clear Existing Attributes is on/,
		);
	});

	step('shows no notice about an event that has been chosen since', async () => {
		const event: INodeParameters = {
			resource: 'event',
			operation: 'add',
			section: locator(SECTIONS.shop),
			keyspace: locator(KEYSPACES.email),
			profileKey: 'anna@example.com',
			eventTime: '2026-11-24T10:00:00Z',
			options: {},
		};
		await openNodeWith({ ...event, eventFields: MAP_BY_NAME });
		await expectNotes(AUTO_NOTICE('fields'));
		await chooseOption('event', 'Purchase');
		await expectNotes(AUTO_NOTICE('fields'));

		await openNodeWith({ ...event, eventFields: MAP_BELOW });
		await expectNotes(/^No fields found\. Choose Section and Event first/, 'Retry');
		await chooseOption('event', 'Purchase');
		await page.getByText('order_id', { exact: true }).first().waitFor();
		await expectNotes();
		await openWorkflow(page, n8n.baseUrl, workflowId);
	});

	step('looks right in the dark', async () => {
		await useTheme('dark');
		await openLastNode();
		expect(await page.evaluate<string>('document.body.dataset.theme ?? ""')).toBe('dark');
		await picture('9-dark');
		await page.keyboard.press('Escape');
		await useTheme('light');
	});
});

/** Its centre, once it stands still: panels scroll and grow. */
async function centreOf(locator: Locator): Promise<{ x: number; y: number }> {
	let last = '';
	const box = await waitFor(
		async () => {
			const now = (await locator.boundingBox()) ?? undefined;
			const isStill = JSON.stringify(now) === last;
			last = JSON.stringify(now);
			return isStill ? now : undefined;
		},
		{ what: 'A place on the page', timeoutMs: 10_000 },
	);
	return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
