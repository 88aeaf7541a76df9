import { describeProduct } from './productSuite';

describeProduct('queue');
