import { problemSentence } from '../../nodes/ApsisOne/transport/problem';

it.each<[body: unknown, sentence: string]>([
	[{ status: 400, title: 'Bad Request', detail: 'No such city.' }, 'No such city.'],
	[{ title: 'Bad Request' }, 'Bad Request'],
	[{ message: 'Unauthorized' }, 'Unauthorized'],
	[{ Message: 'no' }, 'no'],
	['Request Entity Too Large', 'Request Entity Too Large'],
	[{ error: 'invalid_client', error_description: 'Unknown client.' }, 'Unknown client.'],
	[{ error: 'Try later.' }, 'Try later.'],
	[{ error: { message: 'Try later.' } }, 'Try later.'],
	[
		{ errors: [{ message: 'A is unknown.' }, { detail: 'B is missing.' }] },
		'A is unknown.; B is missing.',
	],
	[{ errors: ['A is unknown.', 'A is unknown.'] }, 'A is unknown.'],
	[
		{ errors: { email: ['is missing'], city: 'is too long' } },
		'email is missing; city is too long',
	],
	[{ title: 'It is not valid.', errors: { a: ['is missing.'] } }, 'It is not valid: a is missing.'],
	// No secret, in whatever part of an answer.
	[
		{ message: 'No such token: eyJhbGciOiJIUzI1NiJ9.eyJzdWIi.s_g, sorry' },
		'No such token: …, sorry',
	],
	['Header was Authorization: Bearer abc.def', 'Header was Authorization: …'],
	[{ errors: [{ code: 'X1', authorization: 'abc', access_token: 'def' }] }, 'code X1'],
	[
		{ detail: 'https://s3/x?X-Amz-Signature=abc&X-Amz-Date=1' },
		'https://s3/x?X-Amz-Signature=…&X-Amz-Date=…',
	],
	[{ errors: { client_secret: ['is missing'] } }, 'client_secret is missing'],
	[{ title: 'Bad Request', errors: [{ title: 'A is unknown.' }] }, 'Bad Request: A is unknown.'],
	[{ message: 'A.', errors: [{ message: 'A.' }] }, 'A.'],
	[{ errors: [{ a: 1 }, '1', '2', '3', '4', '5'] }, '1; 2; 3'],
	[{ detail: '<html>', errors: [] }, ''],
	[{ errors: [{ code: 7 }] }, ''],
	[{ detail: 'x'.repeat(400) }, `${'x'.repeat(300)}…`],
	['<!DOCTYPE html>', ''],
	['{"cut', ''],
	[{}, ''],
	[null, ''],
	[7, ''],
])('of %j the sentence is %j', (body, sentence) => {
	expect(problemSentence(body)).toBe(sentence);
});
