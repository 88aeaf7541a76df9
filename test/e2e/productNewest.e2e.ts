import { describeProduct } from './productSuite';

describeProduct('newest');
