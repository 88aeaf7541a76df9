/* eslint-disable @n8n/community-nodes/no-restricted-imports -- drives a real n8n from the developer's machine */
/** n8n's editor in Debian's Chromium, driven by playwright-core. */
import { createRequire } from 'node:module';
import path from 'node:path';

import { ensureDebianPackages } from './debian';
import { ensureInstalled } from './install';
import { OWNER } from './n8nRest';

/** The part of playwright's `Locator` in use; playwright-core is outside the repository, and so are its types. */
export interface Locator {
	click(options?: { timeout?: number; force?: boolean }): Promise<void>;
	dblclick(): Promise<void>;
	hover(): Promise<void>;
	fill(text: string): Promise<void>;
	press(key: string): Promise<void>;
	pressSequentially(text: string): Promise<void>;
	first(): Locator;
	last(): Locator;
	nth(index: number): Locator;
	filter(options: { hasText?: string | RegExp }): Locator;
	locator(selector: string): Locator;
	getByTestId(id: string): Locator;
	getByText(text: string | RegExp, options?: { exact?: boolean }): Locator;
	getByRole(role: string, options?: { name?: string | RegExp; exact?: boolean }): Locator;
	count(): Promise<number>;
	isVisible(): Promise<boolean>;
	innerText(): Promise<string>;
	inputValue(): Promise<string>;
	allInnerTexts(): Promise<string[]>;
	getAttribute(name: string): Promise<string | null>;
	screenshot(options: { path: string }): Promise<Uint8Array>;
	boundingBox(): Promise<{ x: number; y: number; width: number; height: number } | null>;
	scrollIntoViewIfNeeded(): Promise<void>;
	waitFor(options?: { state?: 'visible' | 'hidden' | 'attached'; timeout?: number }): Promise<void>;
}

/** The part of playwright's `Page` in use. */
export interface Page {
	goto(url: string): Promise<unknown>;
	reload(): Promise<unknown>;
	url(): string;
	locator(selector: string): Locator;
	getByTestId(id: string): Locator;
	getByText(text: string | RegExp, options?: { exact?: boolean }): Locator;
	getByRole(role: string, options?: { name?: string | RegExp; exact?: boolean }): Locator;
	getByPlaceholder(text: string | RegExp): Locator;
	waitForURL(url: string | RegExp, options?: { timeout?: number }): Promise<void>;
	waitForTimeout(ms: number): Promise<void>;
	screenshot(options: { path: string; fullPage?: boolean }): Promise<Uint8Array>;
	evaluate<T>(script: string): Promise<T>;
	setDefaultTimeout(ms: number): void;
	on(event: 'console', listener: (message: { type(): string; text(): string }) => void): void;
	on(event: 'pageerror', listener: (error: Error) => void): void;
	keyboard: { press(key: string): Promise<void>; type(text: string): Promise<void> };
	mouse: {
		click(x: number, y: number): Promise<void>;
		move(x: number, y: number, options?: { steps: number }): Promise<void>;
		down(): Promise<void>;
		up(): Promise<void>;
	};
}

/** A running Chromium. */
export interface Browser {
	newPage(options?: { viewport?: { width: number; height: number } }): Promise<Page>;
	close(): Promise<void>;
}

interface Playwright {
	chromium: {
		launch(options: {
			executablePath: string;
			headless: boolean;
			args: string[];
		}): Promise<Browser>;
	};
	selectors: { setTestIdAttribute(name: string): void };
}

const CHROMIUM = '/usr/bin/chromium';
const ACTION_TIMEOUT_MS = 30_000;

/** As root, without a GPU, and without asking the outside for anything: refused look-ups would slow every start. */
const CHROMIUM_FLAGS = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

/** Starts Chromium with a fresh profile, after installing it and playwright-core where missing. */
export async function launchChromium(): Promise<Browser> {
	await ensureDebianPackages(['chromium']);
	const { folder } = await ensureInstalled('browser');
	const requireFrom = createRequire(path.join(folder, 'package.json'));
	const { chromium, selectors } = requireFrom('playwright-core') as Playwright;
	// n8n's spelling; playwright's own is data-testid.
	selectors.setTestIdAttribute('data-test-id');
	return await chromium.launch({
		executablePath: CHROMIUM,
		headless: true,
		args: CHROMIUM_FLAGS,
	});
}

/** Opens a page in which the owner is signed into this n8n. */
export async function openEditor(browser: Browser, baseUrl: string): Promise<Page> {
	const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
	page.setDefaultTimeout(ACTION_TIMEOUT_MS);
	await page.goto(`${baseUrl}/signin`);
	await page.locator('input[name="emailOrLdapLoginId"]').fill(OWNER.email);
	await page.locator('input[name="password"]').fill(OWNER.password);
	await page.getByTestId('form-submit-button').click();
	await page.waitForURL(/\/(home|workflow|projects)/);
	return page;
}

/** Opens a workflow in the editor and waits for its canvas. */
export async function openWorkflow(page: Page, baseUrl: string, workflowId: string): Promise<void> {
	await page.goto(`${baseUrl}/workflow/${workflowId}`);
	await page.getByTestId('canvas-node').first().waitFor();
}

/** Opens a node's panel by a double click on the canvas. */
export async function openNode(page: Page, nodeName: string): Promise<void> {
	await page.locator(`[data-test-id="canvas-node"][data-node-name="${nodeName}"]`).dblclick();
	await page.getByTestId('node-parameters').waitFor();
}
