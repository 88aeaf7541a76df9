import { describeProduct } from './productSuite';

describeProduct('oldest');
